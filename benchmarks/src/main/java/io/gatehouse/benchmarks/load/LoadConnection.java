/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One connection that logs in, and then keeps a number of equal requests in flight. Belongs to its event loop. */
final class LoadConnection extends ChannelInboundHandlerAdapter {

    /** Counts of all connections of one loop; only the loop touches them. */
    static final class Counters {
        long responses;

        @Nullable
        Throwable failure;
    }

    private final Deque<byte[]> login;
    private final Request request;
    private final ByteBuf frame;
    private final int depth;
    private final Counters counters;
    private final CompletableFuture<LoadConnection> ready = new CompletableFuture<>();

    private @Nullable ChannelHandlerContext context;
    private final byte[] head;
    private int headBytes;
    private int remaining;
    private boolean closing;

    LoadConnection(List<byte[]> login, Request request, int depth, Counters counters) {
        this.login = new ArrayDeque<>(login);
        this.request = request;
        this.frame = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(request.bytes().length).writeBytes(request.bytes()));
        this.depth = depth;
        this.counters = counters;
        this.head = new byte[request.errorAt() + 2];
    }

    /** Completes on the loop when the connection has logged in. */
    CompletableFuture<LoadConnection> ready() {
        return ready;
    }

    /** On the loop: sends the first requests. */
    void begin() {
        for (int i = 0; i < depth; i++) {
            send();
        }
        context().flush();
    }

    void close() {
        closing = true;
        if (context != null) {
            context.close();
        }
        ((ByteBuf) frame.unwrap()).release();
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    private void send() {
        context().write(frame.duplicate(), context().voidPromise());
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        nextOfLogin();
    }

    private void nextOfLogin() {
        byte[] next = login.poll();
        if (next == null) {
            ready.complete(this);
            return;
        }
        context().writeAndFlush(Unpooled.wrappedBuffer(next));
    }

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable()) {
                read(in);
            }
        } finally {
            in.release();
        }
    }

    private void read(ByteBuf in) {
        if (remaining > 0) {
            int skipped = Math.min(remaining, in.readableBytes());
            in.skipBytes(skipped);
            remaining -= skipped;
        } else {
            int wanted = ready.isDone() ? head.length : Integer.BYTES;
            int taken = Math.min(wanted - headBytes, in.readableBytes());
            in.readBytes(head, headBytes, taken);
            headBytes += taken;
            if (headBytes < wanted) {
                return;
            }
            headBytes = 0;
            remaining = size() + Integer.BYTES - wanted;
            if (ready.isDone()) {
                check();
            }
        }
        if (remaining == 0) {
            answered();
        }
    }

    private int size() {
        return (head[0] & 0xff) << 24 | (head[1] & 0xff) << 16 | (head[2] & 0xff) << 8 | head[3] & 0xff;
    }

    private void check() {
        int error = head[request.errorAt()] << 8 | head[request.errorAt() + 1] & 0xff;
        if (error != 0 || size() + Integer.BYTES != request.responseBytes()) {
            throw new IllegalStateException("response of " + (size() + Integer.BYTES) + " bytes with error code "
                    + error + " (expected: " + request.responseBytes() + " bytes, 0)");
        }
    }

    private void answered() {
        if (!ready.isDone()) {
            nextOfLogin();
            return;
        }
        counters.responses++;
        send();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext channel) {
        channel.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext channel) {
        if (!closing) {
            exceptionCaught(channel, new IllegalStateException("the connection was closed by the other side"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
        counters.failure = cause;
        ready.completeExceptionally(cause);
        channel.close();
    }
}
