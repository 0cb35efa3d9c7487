/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.kernel.broker.RelayedBroker;
import io.gatehouse.kernel.broker.RequestSender;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Authenticated;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A client's SASL exchange at its broker: the first one over a new connection, which becomes the client's; later ones (KIP-368) over the
 * one that it has, between two frames. Belongs to the connection's event loop.
 */
final class BrokerLogin {

    private static final short HANDSHAKE_VERSION = 1;
    private static final short AUTHENTICATE_VERSION = 2;

    private final ClientConnection connection;
    private final Session session;
    private @Nullable RelayedBroker opened;
    private @Nullable RequestSender requests;
    private boolean foreign;
    private boolean closed;

    BrokerLogin(ClientConnection connection, Session session) {
        this.connection = connection;
        this.session = session;
    }

    /** @return what the broker says; fails when none can be reached */
    CompletionStage<SaslHandshakeResponseData> handshake(String mechanism) {
        return sender().thenCompose(sender -> sender.send(
                        ApiKeys.SASL_HANDSHAKE,
                        HANDSHAKE_VERSION,
                        new SaslHandshakeRequestData().setMechanism(mechanism))
                .thenApply(SaslHandshakeResponseData.class::cast));
    }

    /** After {@link #handshake}. */
    CompletionStage<SaslAuthenticateResponseData> authenticate(byte[] message) {
        RequestSender sender = requests;
        if (sender == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no handshake"));
        }
        return sender.send(
                        ApiKeys.SASL_AUTHENTICATE,
                        AUTHENTICATE_VERSION,
                        new SaslAuthenticateRequestData().setAuthBytes(message))
                .thenApply(SaslAuthenticateResponseData.class::cast);
    }

    /**
     * A client that is authenticated here authenticates at its broker by the same message.
     *
     * @return the broker's word, which is the last one; the session ends with the first of what both say
     */
    CompletionStage<AuthenticationResult> forward(String mechanism, byte[] message, Authentication authentication) {
        return handshake(mechanism).thenCompose(handshake -> {
            if (handshake.errorCode() != Errors.NONE.code()) {
                return CompletableFuture.<AuthenticationResult>completedStage(new Rejected(
                        "",
                        "SASL mechanism " + mechanism + " (expected: one that the broker offers, which offers "
                                + handshake.mechanisms() + ")"));
            }
            return authenticate(message).thenApply(answer -> judged(answer, authentication));
        });
    }

    private static AuthenticationResult judged(SaslAuthenticateResponseData answer, Authentication authentication) {
        Rejected refusal = RelayedExchange.refusal(answer);
        if (refusal != null) {
            return refusal;
        }
        if (answer.authBytes().length > 0) {
            // An error in the form of RFC 7628, which the client would have to confirm before it is told.
            String error = new String(answer.authBytes(), StandardCharsets.UTF_8);
            return new Rejected("The broker does not accept the token.", "the broker refuses the token: " + error);
        }
        Instant end = RelayedExchange.end(answer);
        boolean sooner =
                end != null && authentication.expiry().filter(end::isAfter).isEmpty();
        return new Authenticated(sooner ? authentication.toBuilder().expiry(end).build() : authentication);
    }

    private CompletionStage<RequestSender> sender() {
        if (connection.responses().isOpen()) {
            connection.brokerSession().relayBegins();
            requests = connection.brokerSession();
            return CompletableFuture.completedFuture(connection.brokerSession());
        }
        RelayedBroker known = opened;
        if (known != null) {
            // Another handshake on a connection whose first one has led to nothing.
            known.close();
            opened = null;
        }
        return session.destination()
                .thenComposeAsync(
                        destination -> {
                            foreign = destination.foreign();
                            return connect(destination.candidates(), 0);
                        },
                        connection.executor());
    }

    private CompletionStage<RequestSender> connect(List<Node> candidates, int at) {
        Cluster cluster = connection.route().cluster();
        return cluster.connectForClient(
                        connection.context().channel().eventLoop(),
                        candidates.get(at),
                        connection.responses().receiving())
                .handle((broker, failure) -> {
                    if (failure != null) {
                        return at + 1 < candidates.size() && !closed
                                ? connect(candidates, at + 1)
                                : CompletableFuture.<RequestSender>failedStage(failure);
                    }
                    if (closed) {
                        broker.close();
                        return CompletableFuture.<RequestSender>failedStage(new ClosedChannelException());
                    }
                    opened = broker;
                    requests = broker.requests();
                    return CompletableFuture.completedStage(broker.requests());
                })
                .thenCompose(next -> next);
    }

    /**
     * Whether the broker is none that the client has asked for: the node of its port is not known yet, and nobody but a client can ask for
     * it. Then {@link #learn} has to follow, and the end of the connection.
     */
    boolean isForeign() {
        return foreign;
    }

    /** Uses the client's rights to learn the nodes of the cluster; nothing else goes over this connection. */
    CompletionStage<?> learn() {
        RelayedBroker broker = opened;
        return broker == null
                ? CompletableFuture.failedFuture(new ClosedChannelException())
                : connection.route().cluster().learnFrom(broker);
    }

    /** The client is authenticated, here and there: its requests may follow. */
    void succeeded() {
        RelayedBroker broker = opened;
        opened = null;
        requests = null;
        if (broker == null) {
            connection.brokerSession().relayEnds();
            return;
        }
        connection.responses().adopt(broker.node(), broker.handOver());
    }

    void close() {
        closed = true;
        RelayedBroker broker = opened;
        opened = null;
        if (broker != null) {
            broker.close();
        }
    }
}
