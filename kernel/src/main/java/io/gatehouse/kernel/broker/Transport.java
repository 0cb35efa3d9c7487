/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.TimeUnit;

/**
 * Event loops, socket classes and buffers: native epoll where there is Linux, else the JDK's NIO. The pooled allocator is chosen by name,
 * since the adaptive default has open regressions of direct memory in proxies.
 *
 * <p>Thread-safe.
 */
public final class Transport implements AutoCloseable {

    /** Per connection and direction; what a slow reader costs at the most is this and one read. */
    public static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final int PAGE_BYTES = 8 * 1024;
    private static final int CHUNK_ORDER = 8;
    private static final int CHUNK_BYTES = PAGE_BYTES << CHUNK_ORDER;

    /** How many chunks an arena must be able to have: with fewer arenas than threads some share one, with fewer chunks one runs out. */
    private static final int CHUNKS_PER_ARENA = 4;

    private final boolean epoll = Epoll.isAvailable();
    private final ByteBufAllocator allocator;
    private final EventLoopGroup acceptor;
    private final EventLoopGroup loops;

    /** @param threads how many event loops serve connections */
    public Transport(int threads) {
        this.allocator = new PooledByteBufAllocator(
                true,
                1,
                directArenas(threads, PlatformDependent.maxDirectMemory()),
                PAGE_BYTES,
                CHUNK_ORDER,
                64,
                32,
                true);
        this.acceptor = group(1, "gatehouse-accept");
        this.loops = group(threads, "gatehouse-loop");
    }

    /** One per thread if memory allows, and never none, which Netty takes for unpooled. */
    static int directArenas(int threads, long directMemory) {
        return (int) Math.max(1, Math.min(threads, directMemory / CHUNK_BYTES / CHUNKS_PER_ARENA));
    }

    private EventLoopGroup group(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory(name),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    public ByteBufAllocator allocator() {
        return allocator;
    }

    public EventLoopGroup acceptor() {
        return acceptor;
    }

    public EventLoopGroup loops() {
        return loops;
    }

    public EventLoop nextLoop() {
        return loops.next();
    }

    public Class<? extends SocketChannel> socketClass() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    public Class<? extends ServerSocketChannel> serverSocketClass() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Ends the loops; what is still open is cut. */
    @Override
    public void close() {
        acceptor.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        acceptor.terminationFuture().awaitUninterruptibly(5, TimeUnit.SECONDS);
        loops.terminationFuture().awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
