/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.kernel.wire.Codec;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to the brokers of one cluster: TCP, TLS, SASL. What it hands over is ready for requests. Thread-safe.
 */
public final class BrokerConnector implements AutoCloseable {

    private static final String TLS = "tls";
    static final String REQUESTS = "requests";
    private static final Duration SASL_DEADLINE = Duration.ofSeconds(10);

    private final Transport transport;
    private final Codec codec;
    private final BrokerSecurity security;
    private final OffloadingResolver resolver;
    private final Duration connectTimeout;

    /**
     * @param properties Kafka's client properties of the cluster
     * @param blocking for name resolution and SASL steps
     * @throws org.apache.kafka.common.KafkaException when the properties cannot work
     */
    public BrokerConnector(
            Transport transport,
            Codec codec,
            Map<String, String> properties,
            Duration connectTimeout,
            Executor blocking) {
        this.transport = transport;
        this.codec = codec;
        this.connectTimeout = connectTimeout;
        this.security = new BrokerSecurity(properties, blocking);
        this.resolver = new OffloadingResolver(blocking);
    }

    /**
     * Connects on the given loop. The channel has no handler of the caller's yet; brokers do not speak first.
     *
     * @param receive how the socket allocates; null for the default
     * @return completes on the loop; exceptionally with a message that names the address
     */
    public CompletableFuture<BrokerConnection> connect(
            EventLoop loop, String host, int port, @Nullable RecvByteBufAllocator receive) {
        return open(loop, host, port, receive, true).thenApply(opened -> {
            opened.channel().pipeline().remove(REQUESTS);
            return new BrokerConnection(opened.channel(), opened.sessionLifetimeMillis());
        });
    }

    /**
     * Authenticates an open connection anew (KIP-368), between two of its other requests.
     *
     * @return how long the broker lets the credentials count from now on, in milliseconds; 0 for ever; completes on the loop
     */
    public CompletableFuture<Long> reauthenticate(RequestSender requests, String host, EventLoop loop) {
        return security.authenticate(requests, host, loop).thenApplyAsync(lifetime -> lifetime, loop);
    }

    /** Key and trust stores are renewed while the gateway runs. */
    void reloadTlsIfChanged() {
        security.reloadTlsIfChanged();
    }

    /** Whether the gateway can authenticate itself, or need not. */
    boolean hasCredentials() {
        return security.hasCredentials();
    }

    /**
     * As {@link #connect}, for requests of the gateway's own.
     *
     * @param authenticated whether to authenticate as the gateway, where the cluster wants SASL
     */
    CompletableFuture<OpenConnection> open(
            EventLoop loop, String host, int port, @Nullable RecvByteBufAllocator receive, boolean authenticated) {
        CompletableFuture<OpenConnection> opened = new CompletableFuture<>();
        BrokerRequests requests = new BrokerRequests(codec, SASL_DEADLINE);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.socketClass())
                .resolver(resolver)
                .option(ChannelOption.ALLOCATOR, transport.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.WATER_MARK)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        security.tlsHandler(host, port)
                                .ifPresent(handler -> channel.pipeline().addLast(TLS, handler));
                        channel.pipeline().addLast(REQUESTS, requests);
                    }
                });
        if (receive != null) {
            bootstrap.option(ChannelOption.RCVBUF_ALLOCATOR, receive);
        }
        bootstrap.connect(InetSocketAddress.createUnresolved(host, port)).addListener(connected -> {
            if (!connected.isSuccess()) {
                opened.completeExceptionally(unreachable(host, port, connected.cause()));
                return;
            }
            Channel channel = ((io.netty.channel.ChannelFuture) connected).channel();
            secured(channel)
                    .thenCompose(ignored -> authenticated
                            ? security.authenticate(requests, host, loop)
                            : CompletableFuture.completedFuture(0L))
                    .whenCompleteAsync(
                            (lifetimeMillis, failure) -> {
                                if (failure == null) {
                                    opened.complete(
                                            new OpenConnection(channel, requests, System.nanoTime(), lifetimeMillis));
                                    return;
                                }
                                channel.close();
                                opened.completeExceptionally(unreachable(host, port, failure));
                            },
                            loop);
        });
        return opened;
    }

    /** A connection with requests of the gateway's own. */
    record OpenConnection(Channel channel, BrokerRequests requests, long sinceNanos, long sessionLifetimeMillis)
            implements AutoCloseable {

        /** Whether it can be used for some time to come: it is open, and the broker's session is not near its end. */
        boolean isUsable() {
            long ageMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
            return channel.isActive() && (sessionLifetimeMillis == 0 || ageMillis < sessionLifetimeMillis * 85 / 100);
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    private static CompletableFuture<Void> secured(Channel channel) {
        SslHandler handler = (SslHandler) channel.pipeline().get(TLS);
        CompletableFuture<Void> secured = new CompletableFuture<>();
        if (handler == null) {
            secured.complete(null);
            return secured;
        }
        handler.handshakeFuture().addListener(handshake -> {
            if (handshake.isSuccess()) {
                secured.complete(null);
                return;
            }
            secured.completeExceptionally(handshake.cause());
        });
        return secured;
    }

    /** Says which node it was, unless that is said already. */
    static BrokerUnreachableException unreachable(Node node, Throwable cause) {
        return unreachable(node.host(), node.port(), cause);
    }

    private static BrokerUnreachableException unreachable(String host, int port, Throwable cause) {
        Throwable root = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        if (root instanceof BrokerUnreachableException already) {
            return already;
        }
        return new BrokerUnreachableException(host + ":" + port + ": " + root.getMessage(), root);
    }

    @Override
    public void close() {
        security.close();
    }
}
