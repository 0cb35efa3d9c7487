/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the socket read the rest of a large frame that is being collected straight into its buffer, and the next one, if it is as large, in one piece;
 * everything else into buffers that adapt to the traffic.
 */
public final class FrameRecvAllocator extends AdaptiveRecvByteBufAllocator {

    private static final int MINIMUM_BYTES = 512;
    private static final int INITIAL_BYTES = 2 * 1024;
    private static final int MAXIMUM_BYTES = 256 * 1024;

    /**
     * What is read is written to the other side only when the socket has been read empty, so there is a limit to that: with it, what a
     * connection holds does not depend on how much lies in the socket's buffer.
     */
    private static final int READ_LOOP_BYTES = 256 * 1024;

    private final Supplier<@Nullable FrameReader> reader;

    /** @param reader the connection's; null while there is none */
    public FrameRecvAllocator(Supplier<@Nullable FrameReader> reader) {
        super(MINIMUM_BYTES, INITIAL_BYTES, MAXIMUM_BYTES);
        this.reader = reader;
    }

    @Override
    @SuppressWarnings("deprecation")
    public Handle newHandle() {
        return new FrameHandle(super.newHandle());
    }

    private final class FrameHandle extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {

        private final RecvByteBufAllocator.ExtendedHandle adaptive;
        private int readBytes;

        @SuppressWarnings("deprecation")
        private FrameHandle(Handle adaptive) {
            super(adaptive);
            this.adaptive = (RecvByteBufAllocator.ExtendedHandle) adaptive;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            FrameReader current = reader.get();
            if (current == null) {
                return super.allocate(allocator);
            }
            ByteBuf target = current.directTarget();
            if (target != null) {
                return target;
            }
            int expected = Math.min(current.expectedBytes(), MAXIMUM_BYTES);
            return expected > guess() ? allocator.ioBuffer(expected) : super.allocate(allocator);
        }

        @Override
        public void reset(ChannelConfig config) {
            readBytes = 0;
            super.reset(config);
        }

        @Override
        public void lastBytesRead(int bytes) {
            readBytes += Math.max(bytes, 0);
            super.lastBytesRead(bytes);
        }

        @Override
        public boolean continueReading(io.netty.util.UncheckedBooleanSupplier maybeMoreDataSupplier) {
            return readBytes < READ_LOOP_BYTES && adaptive.continueReading(maybeMoreDataSupplier);
        }
    }
}
