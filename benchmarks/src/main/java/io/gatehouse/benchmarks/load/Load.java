/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.gatehouse.benchmarks.load.LoadConnection.Counters;
import io.gatehouse.benchmarks.target.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLEngine;

/**
 * A number of connections that each keep a number of requests in flight, on one event loop: a closed loop, so that throughput is what the
 * other side makes of it.
 */
public final class Load implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    /** So many connections are opened at once. */
    private static final int OPENING = 200;

    private final MultiThreadIoEventLoopGroup loop;
    private final Request request;
    private final boolean fetches;
    private final Counters counters = new Counters();
    private final List<LoadConnection> connections = new ArrayList<>();

    /** What was done up to a moment. */
    public record Progress(long requests, long bytes) {}

    private Load(Request request, boolean fetches) {
        this.request = request;
        this.fetches = fetches;
        this.loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    /**
     * Connects, logs in and begins.
     *
     * @param frame a request of {@link Frames}
     * @param fetches whether the bytes that count are those of the responses
     */
    public static Load begin(Target target, byte[] frame, boolean fetches, int connections, int depth)
            throws IOException, InterruptedException {
        Load load = new Load(Request.tryOut(target, frame), fetches);
        try {
            load.open(target, connections, depth);
            return load;
        } catch (IOException | InterruptedException | RuntimeException e) {
            load.close();
            throw e;
        }
    }

    private void open(Target target, int count, int depth) throws IOException, InterruptedException {
        for (int first = 0; first < count; first += OPENING) {
            List<LoadConnection> some = new ArrayList<>();
            for (int i = first; i < Math.min(count, first + OPENING); i++) {
                LoadConnection connection = new LoadConnection(Login.requests(target), request, depth, counters);
                connections.add(connection);
                some.add(connection);
                bootstrap(target, connection).connect(Login.HOST, target.nodePort());
            }
            for (LoadConnection connection : some) {
                await(connection);
            }
        }
        loop.next().execute(() -> connections.forEach(LoadConnection::begin));
    }

    private static void await(LoadConnection connection) throws IOException, InterruptedException {
        try {
            connection.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a connection did not come up", e);
        }
    }

    private Bootstrap bootstrap(Target target, LoadConnection connection) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 2048, 512 * 1024))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        target.tls().ifPresent(tls -> {
                            SSLEngine engine = tls.createSSLEngine();
                            engine.setUseClientMode(true);
                            channel.pipeline().addLast(new SslHandler(engine));
                        });
                        channel.pipeline().addLast(connection);
                    }
                });
    }

    /** @throws IOException when a connection has failed since */
    public Progress progress() throws IOException, InterruptedException {
        try {
            long responses = loop.next()
                    .submit(() -> {
                        if (counters.failure != null) {
                            throw new IOException("the load has failed", counters.failure);
                        }
                        return counters.responses;
                    })
                    .get();
            long each = fetches ? request.responseBytes() : request.bytes().length;
            return new Progress(responses, responses * each);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    @Override
    public void close() {
        loop.next().submit(() -> connections.forEach(LoadConnection::close)).syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
