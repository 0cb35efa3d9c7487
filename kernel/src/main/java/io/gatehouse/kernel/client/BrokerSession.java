/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.kernel.broker.RequestSender;
import io.gatehouse.kernel.interception.Exchange;
import io.netty.buffer.ByteBuf;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session that the broker of a client connection gives to the gateway's credentials. One that ends is authenticated anew at 85 to 95 %
 * of its life (as Kafka's own clients do, KIP-368): between two frames of the client, while its next ones wait. What is in flight is
 * answered first, as brokers answer in order.
 *
 * <p>Belongs to the connection's event loop.
 */
final class BrokerSession implements RequestSender {

    private static final Logger log = LoggerFactory.getLogger(BrokerSession.class);

    /** Brokers refuse to authenticate the same connection twice within a second. */
    private static final long SHORTEST_MILLIS = 1_100;

    private static final int EARLIEST_PERCENT = 85;
    private static final int LATEST_PERCENT = 95;
    private static final int CORRELATION_ID = Integer.MIN_VALUE / 2;
    private static final String CLIENT_ID = "gatehouse";

    private final ClientConnection connection;
    private final ClientServices services;
    private final Queue<Exchange> waiting = new ArrayDeque<>();
    private @Nullable Node node;
    private @Nullable Future<?> timer;
    private boolean due;
    private boolean exchanging;
    private int nextCorrelationId = CORRELATION_ID;

    /** A request of the kernel's own among those in flight: its response goes to whoever sent it, and nowhere else. */
    record OwnRequest(CompletableFuture<ApiMessage> response) {}

    BrokerSession(ClientConnection connection, ClientServices services) {
        this.connection = connection;
        this.services = services;
    }

    /**
     * The broker has accepted the gateway's credentials.
     *
     * @param lifetimeMillis 0 for ever
     */
    void begun(Node broker, long lifetimeMillis) {
        node = broker;
        due = false;
        if (lifetimeMillis > 0) {
            timer = connection
                    .executor()
                    .schedule(
                            this::ends,
                            delayMillis(lifetimeMillis, ThreadLocalRandom.current()),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** When to authenticate anew: at another moment for each connection, so that they do not come all at once. */
    static long delayMillis(long lifetimeMillis, java.util.Random random) {
        int percent = EARLIEST_PERCENT + random.nextInt(LATEST_PERCENT - EARLIEST_PERCENT + 1);
        return Math.max(SHORTEST_MILLIS, lifetimeMillis / 100 * percent + lifetimeMillis % 100 * percent / 100);
    }

    private void ends() {
        due = true;
        if (!connection.isHeld() && connection.requests().reader().isBetweenFrames()) {
            reauthenticate();
        }
    }

    /** Whether the client's next frame may go to the broker now; else the connection is held until it may. */
    boolean admits() {
        if (!due) {
            return true;
        }
        reauthenticate();
        return false;
    }

    private void reauthenticate() {
        Node broker = node;
        if (broker == null || connection.isClosed()) {
            return;
        }
        due = false;
        exchanging = true;
        connection.hold(Hold.REAUTHENTICATING);
        Cluster cluster = connection.route().cluster();
        cluster.reauthenticate(this, broker, connection.context().channel().eventLoop())
                .whenComplete((lifetimeMillis, failure) -> {
                    if (connection.isClosed()) {
                        return;
                    }
                    if (failure != null) {
                        log.warn(
                                "connection {}: broker {} does not authenticate the gateway again: {}",
                                connection.id(),
                                broker,
                                failure.getMessage());
                        connection.close("broker", "broker " + broker + ": re-authentication failed: " + failure);
                        return;
                    }
                    begun(broker, lifetimeMillis);
                    relayEnds();
                    connection.release(Hold.REAUTHENTICATING);
                });
    }

    /** A client authenticates anew at the broker: between its messages the broker takes nothing else. */
    void relayBegins() {
        exchanging = true;
    }

    /** The client has authenticated anew; what waited meanwhile is sent. */
    void relayEnds() {
        exchanging = false;
        while (!waiting.isEmpty()) {
            connection.requests().sendOwn(waiting.remove());
        }
    }

    /** Whether an interceptor's own request has to wait, as the broker takes nothing but SASL at the moment; it is sent afterwards. */
    boolean keepsWaiting(Exchange own) {
        if (exchanging) {
            waiting.add(own);
        }
        return exchanging;
    }

    @Override
    public CompletableFuture<ApiMessage> send(ApiKeys api, int version, ApiMessage message) {
        CompletableFuture<ApiMessage> response = new CompletableFuture<>();
        if (connection.isClosed() || !connection.responses().isOpen()) {
            response.completeExceptionally(new ClosedChannelException());
            return response;
        }
        int correlationId = nextCorrelationId++;
        ByteBuf frame = services.codec()
                .encodeRequest(
                        api,
                        (short) version,
                        correlationId,
                        CLIENT_ID,
                        message,
                        connection.context().alloc());
        connection.inFlight().add(api.id, (short) version, correlationId, System.nanoTime(), new OwnRequest(response));
        connection.responses().writeToBroker(frame);
        if (!connection.isHandlingRead()) {
            connection.responses().flushBroker();
        }
        return response;
    }

    void close() {
        if (timer != null) {
            timer.cancel(false);
        }
        while (!waiting.isEmpty()) {
            waiting.remove().fail(new ClosedChannelException());
        }
    }
}
