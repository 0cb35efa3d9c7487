/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.wire.FrameReader.Fate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameRecvAllocatorTest {

    private static final int FRAME = 1_000_000;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final List<ByteBuf> collected = new ArrayList<>();
    private final FrameReader reader = new FrameReader(new CollectsEverything(), allocator);

    private final class CollectsEverything implements FrameReader.Handler {
        @Override
        public Fate head(ByteBuf in, int at, int end) {
            return Fate.COLLECT;
        }

        @Override
        public int frameLength() {
            return FRAME;
        }

        @Override
        public void pass(ByteBuf bytes) {
            throw new IllegalStateException("nothing passes here");
        }

        @Override
        public void scan(ByteBuf in, int at, int length) {
            throw new IllegalStateException("nothing is scanned here");
        }

        @Override
        public boolean passed() {
            return false;
        }

        @Override
        public void collected(ByteBuf frame) {
            collected.add(frame);
        }

        @Override
        public boolean isHeld() {
            return false;
        }
    }

    @AfterEach
    void nothingIsLeaked() {
        reader.close();
        collected.forEach(ByteBuf::release);

        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void aLargeFrameThatIsCollectedIsReadWithoutACopy() {
        ExtendedHandle handle = handle(() -> reader);
        ByteBuf first = handle.allocate(allocator);
        reader.read(first.writeZero(first.writableBytes()));
        int before = (int) allocator.metric().usedDirectMemory();

        ByteBuf rest = handle.allocate(allocator);

        assertThat(rest.writableBytes()).isEqualTo(FRAME - first.capacity());
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(before);
        reader.read(rest.writeZero(rest.writableBytes()));
        assertThat(collected).hasSize(1);
    }

    @Test
    void afterAFrameThatWasCollectedThereIsRoomForAnotherOfItsSize() {
        ExtendedHandle handle = handle(() -> reader);
        reader.read(allocator.directBuffer(FRAME).writeZero(FRAME));

        ByteBuf next = handle.allocate(allocator);

        assertThat(next.capacity()).isEqualTo(256 * 1024);
        next.release();
    }

    @Test
    void withoutAReaderAnOrdinaryBufferIsUsed() {
        ExtendedHandle handle = handle(() -> null);
        reader.read(allocator.directBuffer().writeZero(100));

        ByteBuf buffer = handle.allocate(allocator);

        assertThat(buffer.capacity()).isLessThan(FRAME - 100);
        buffer.release();
    }

    @Test
    void aReadLoopEndsAfterSoManyBytes() {
        ExtendedHandle handle = handle(() -> null);
        handle.reset(new EmbeddedChannel().config());
        handle.incMessagesRead(1);

        handle.attemptedBytesRead(1);
        handle.lastBytesRead(1);
        assertThat(handle.continueReading(() -> true)).isTrue();
        handle.lastBytesRead(1024 * 1024);
        assertThat(handle.continueReading(() -> true)).isFalse();

        handle.reset(new EmbeddedChannel().config());
        handle.incMessagesRead(1);
        handle.lastBytesRead(1);
        assertThat(handle.continueReading(() -> true)).isTrue();
    }

    @SuppressWarnings("deprecation")
    private static ExtendedHandle handle(java.util.function.Supplier<FrameReader> reader) {
        FrameRecvAllocator receive = new FrameRecvAllocator(reader);
        receive.maxMessagesPerRead(16);
        ExtendedHandle handle = (ExtendedHandle) receive.newHandle();
        handle.reset(new EmbeddedChannel().config());
        return handle;
    }
}
