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
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bound ports of all listeners, and the pipeline of what they accept. Changes come one at a time, on no event loop. */
public final class Listeners implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Listeners.class);
    private static final int BACKLOG = 1024;

    private final ClientServices services;
    private final Map<Socket, Bound> bound = new LinkedHashMap<>();

    /**
     * What a listener wants to have bound.
     *
     * @param addresses each with all ports
     */
    public record Wanted(ClientListener listener, List<String> addresses, int[] ports) {}

    private record Socket(String address, int port) {
        @Override
        public String toString() {
            return address + ":" + port;
        }
    }

    /** A bound socket, and whose it is: that may change while it stays bound. */
    private static final class Bound {
        private final Channel channel;
        private volatile ClientListener listener;

        Bound(Channel channel, ClientListener listener) {
            this.channel = channel;
            this.listener = listener;
        }
    }

    public Listeners(ClientServices services) {
        this.services = services;
    }

    /**
     * Binds what is wanted and not bound yet, without accepting anybody there. What is bound already stays as it is, but for sockets that
     * nobody wants any more and that are in the way, such as one of the same port on another address.
     *
     * @throws BindFailedException naming the address and port; what was bound before is bound again
     */
    public Rebinding rebind(List<Wanted> wanted) {
        Map<Socket, ClientListener> next = new LinkedHashMap<>();
        for (Wanted each : wanted) {
            for (String address : each.addresses()) {
                for (int port : each.ports()) {
                    next.put(new Socket(address, port), each.listener());
                }
            }
        }
        Rebinding rebinding = new Rebinding(next);
        try {
            rebinding.open();
            return rebinding;
        } catch (BindFailedException e) {
            rebinding.discard();
            throw e;
        }
    }

    /** A change of what is bound, of which nothing shows outside until it is committed. */
    public final class Rebinding {
        private final Map<Socket, ClientListener> next;
        private final Map<Socket, Bound> opened = new LinkedHashMap<>();
        private final Map<Socket, ClientListener> inTheWay = new LinkedHashMap<>();

        private Rebinding(Map<Socket, ClientListener> next) {
            this.next = next;
        }

        private void open() {
            List<Socket> missing = next.keySet().stream()
                    .filter(each -> !bound.containsKey(each))
                    .toList();
            Set<Integer> ports = missing.stream().map(Socket::port).collect(Collectors.toSet());
            for (Socket each : List.copyOf(bound.keySet())) {
                if (!next.containsKey(each) && ports.contains(each.port())) {
                    inTheWay.put(each, bound.get(each).listener);
                    closeSocket(each);
                }
            }
            missing.forEach(each -> opened.put(each, bind(next.get(each), each)));
        }

        /** Accepts on what is new, and no more on what nobody wants any more; connections stay. */
        public void commit() {
            next.forEach((socket, listener) -> {
                Bound known = bound.get(socket);
                if (known != null) {
                    known.listener = listener;
                }
            });
            bound.putAll(opened);
            opened.values().forEach(each -> each.channel.config().setAutoRead(true));
            for (Socket each : List.copyOf(bound.keySet())) {
                if (!next.containsKey(each)) {
                    closeSocket(each);
                }
            }
            Map<String, List<Socket>> fresh = new LinkedHashMap<>();
            opened.forEach((socket, each) -> fresh.computeIfAbsent(each.listener.name(), name -> new ArrayList<>())
                    .add(socket));
            fresh.forEach((name, sockets) -> log.info(
                    "listener {}: {} ports from {}{}",
                    name,
                    sockets.size(),
                    sockets.get(0),
                    bound.get(sockets.get(0))
                            .listener
                            .tls()
                            .map(tls -> ", TLS by " + tls.provider())
                            .orElse("")));
        }

        /** As if nothing had been asked for. */
        public void discard() {
            opened.values().forEach(each -> each.channel.close().awaitUninterruptibly());
            inTheWay.forEach((socket, listener) -> {
                try {
                    Bound again = bind(listener, socket);
                    bound.put(socket, again);
                    again.channel.config().setAutoRead(true);
                } catch (BindFailedException e) {
                    log.error("{}; it was bound before", e.getMessage());
                }
            });
        }
    }

    /** Closes the connections that a listener has accepted so far, after what is in flight is answered. */
    public void closeConnectionsOf(ClientListener listener, String reason) {
        // One that is being set up on its loop is not registered yet.
        List<Future<?>> settled = new ArrayList<>();
        services.transport().loops().forEach(loop -> settled.add(loop.submit(() -> {})));
        settled.forEach(Future::awaitUninterruptibly);
        services.connections().closeOf(listener, reason);
    }

    private void closeSocket(Socket socket) {
        Bound gone = bound.remove(socket);
        if (gone != null) {
            gone.channel.close().awaitUninterruptibly();
        }
    }

    /** Clients may connect from then on, and are accepted once the channel reads. */
    private Bound bind(ClientListener listener, Socket socket) {
        Transport transport = services.transport();
        AtomicReference<Bound> itself = new AtomicReference<>();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(transport.acceptor(), transport.loops())
                .channel(transport.serverSocketClass())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, transport.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.WATER_MARK)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        new ClientPipeline(services, itself.get().listener, channel).begin();
                    }
                });
        ChannelFuture binding = bootstrap
                .bind(new InetSocketAddress(socket.address(), socket.port()))
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new BindFailedException(listener.name(), socket.address(), socket.port(), binding.cause());
        }
        Bound done = new Bound(binding.channel(), listener);
        itself.set(done);
        return done;
    }

    /** Stops accepting; connections stay. */
    @Override
    public void close() {
        List.copyOf(bound.keySet()).forEach(this::closeSocket);
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
