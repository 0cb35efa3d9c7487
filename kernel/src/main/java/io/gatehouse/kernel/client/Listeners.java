/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bound ports of all listeners, and the pipeline of what they accept. */
public final class Listeners implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Listeners.class);
    private static final int BACKLOG = 1024;

    private final ClientServices services;
    private final List<Channel> bound = new ArrayList<>();

    public Listeners(ClientServices services) {
        this.services = services;
    }

    /**
     * Binds a listener's ports on each of its addresses.
     *
     * @throws BindFailedException naming the address and port; what was bound before stays so until {@link #close}
     */
    public void bind(ClientListener listener, List<String> addresses, int[] ports) {
        for (String address : addresses) {
            for (int port : ports) {
                bind(listener, address, port);
            }
            log.info(
                    "listener {}: {} ports from {}:{}{}",
                    listener.name(),
                    ports.length,
                    address,
                    ports[0],
                    listener.tls().map(tls -> ", TLS by " + tls.provider()).orElse(""));
        }
    }

    private void bind(ClientListener listener, String address, int port) {
        Transport transport = services.transport();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(transport.acceptor(), transport.loops())
                .channel(transport.serverSocketClass())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.ALLOCATOR, transport.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.WATER_MARK)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        new ClientPipeline(services, listener, channel).begin();
                    }
                });
        ChannelFuture binding =
                bootstrap.bind(new InetSocketAddress(address, port)).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new BindFailedException(listener.name(), address, port, binding.cause());
        }
        bound.add(binding.channel());
    }

    /** Stops accepting; connections stay. */
    @Override
    public void close() {
        bound.forEach(channel -> channel.close().awaitUninterruptibly());
        bound.clear();
    }

    /** A port that could not be bound. */
    public static final class BindFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BindFailedException(String listener, String address, int port, Throwable cause) {
            super(
                    "listener " + listener + ": " + address + ":" + port + ": " + cause.getMessage()
                            + " (expected: a free port on an address of this machine)",
                    cause);
        }
    }
}
