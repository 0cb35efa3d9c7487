/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.client.AuthenticationMethods.Entry;
import io.gatehouse.kernel.identity.Resolution;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Authenticated;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SaslHandshake and SaslAuthenticate, at a connection's beginning and again during its life (KIP-368): answered here by an authenticator,
 * or relayed to the client's broker, or both. Belongs to the connection's event loop.
 */
final class SaslLogin {

    private static final Logger log = LoggerFactory.getLogger(SaslLogin.class);
    private static final String FAILED = "Authentication failed.";

    private final ClientConnection connection;
    private final ClientServices services;
    private final ClientListener listener;
    private final Session session;
    private final LoginAudit audit;

    private @Nullable Entry entry;
    private @Nullable String mechanism;
    private @Nullable SaslExchange exchange;
    private @Nullable BrokerLogin broker;
    private boolean forwards;
    private boolean refusing;

    /** Whether the exchange is the one of the first entry that offers the mechanism, before the client's first message. */
    private boolean undecided;

    private AuthenticationMethods.Lease lease = AuthenticationMethods.Lease.NONE;

    SaslLogin(
            ClientConnection connection,
            ClientServices services,
            ClientListener listener,
            Session session,
            LoginAudit audit) {
        this.connection = connection;
        this.services = services;
        this.listener = listener;
        this.session = session;
        this.audit = audit;
    }

    /** Whether the client has chosen a mechanism, now or earlier. */
    boolean hasBegun() {
        return entry != null;
    }

    /** Whether an exchange is under way. */
    boolean isUnderWay() {
        return exchange != null;
    }

    /** Whether the client is about to be told that it is refused; a broker that has refused it closes meanwhile. */
    boolean isRefusing() {
        return refusing;
    }

    /** Whether an exchange is under way that leaves the broker no ear for anything else. */
    boolean occupiesBroker() {
        return exchange instanceof RelayedExchange;
    }

    /** Whether the exchange under way is of that generation of a plugin. */
    boolean holds(Object generation) {
        return lease.isOfGeneration(generation);
    }

    void handshake(short version, int correlationId, String wanted) {
        // As they are now: a plugin may have been replaced since the connection came.
        AuthenticationMethods methods = listener.methods(connection.route());
        session.observeIdentities();
        Entry offering = methods.offering(wanted).orElse(null);
        if (offering == null && methods.missing().isPresent()) {
            unavailable(
                    "SASL",
                    "authentication type " + methods.missing().get().type()
                            + " (expected: a type that a loaded plugin offers)");
            return;
        }
        Set<String> offered = methods.mechanisms();
        boolean otherMechanism = session.user() != null && !wanted.equals(mechanism);
        if (version == 0) {
            // After a handshake of version 0 the tokens come without Kafka headers; old clients that do so are told at
            // once.
            refuseHandshake(version, correlationId, offered, Errors.UNSUPPORTED_VERSION, "SaslHandshake version 0");
        } else if (offering == null || otherMechanism) {
            String reason = "SASL mechanism " + wanted + " (expected: "
                    + (otherMechanism ? mechanism + ", as before" : "one of " + offered) + ")";
            refuseHandshake(version, correlationId, offered, Errors.UNSUPPORTED_SASL_MECHANISM, reason);
        } else if (isExposed()) {
            refuseHandshake(
                    version,
                    correlationId,
                    offered,
                    Errors.ILLEGAL_SASL_STATE,
                    "credentials without TLS from " + connection.remoteAddress()
                            + " (expected: TLS, loopback, or allowPlaintextCredentials: true)");
        } else {
            closeExchange();
            if (!begin(offering, wanted)) {
                unavailable(wanted, "authenticator " + offering.name() + " cannot begin");
            } else if (exchange instanceof RelayedExchange) {
                relayHandshake(version, correlationId, wanted, methods);
            } else {
                undecided = true;
                answerHandshake(version, correlationId, offered, Errors.NONE);
            }
        }
    }

    /**
     * The client's first message tells which one is meant of several entries that offer the mechanism. What it says is not proven: who names
     * an entry is judged by that one, and by no other.
     */
    private boolean chosen(byte[] message) {
        Entry meant =
                listener.methods(connection.route()).meantBy(mechanism, message).orElse(null);
        if (meant == null || meant.name().equals(entry.name())) {
            return true;
        }
        closeExchange();
        return begin(meant, mechanism);
    }

    private boolean begin(Entry offering, String wanted) {
        Entry used = offering;
        if (!used.lease().acquire()) {
            // Replaced since it was read: the new one is published before the old one is let go.
            used = listener.methods(connection.route())
                    .named(offering.name())
                    .filter(entry -> entry.offers(wanted))
                    .orElse(null);
            if (used == null || !used.lease().acquire()) {
                return false;
            }
        }
        entry = used.withoutAuthenticator();
        mechanism = wanted;
        undecided = false;
        lease = used.lease();
        try {
            SaslAuthenticator authenticator = (SaslAuthenticator) used.authenticator();
            forwards = authenticator.forwardsToBroker();
            exchange = authenticator instanceof DelegatedAuthenticator delegated
                    ? delegated.begin(wanted, connection, newBrokerLogin())
                    : authenticator.begin(wanted, connection);
            return exchange != null;
        } catch (RuntimeException | LinkageError e) {
            log.debug("authenticator {} failed to begin", used.name(), e);
            closeExchange();
            return false;
        }
    }

    private BrokerLogin newBrokerLogin() {
        closeBrokerLogin();
        BrokerLogin made = new BrokerLogin(connection, session);
        broker = made;
        return made;
    }

    /** The broker has the last word on what is offered: of what is relayed, only what it offers too. */
    private void relayHandshake(short version, int correlationId, String wanted, AuthenticationMethods methods) {
        connection.hold(Hold.RESOLVING);
        AuthenticationStep<SaslHandshakeResponseData> step = new AuthenticationStep<>(
                connection,
                answer -> {
                    Errors error = Errors.forCode(answer.errorCode());
                    Set<String> offered = methods.mechanisms(answer.mechanisms());
                    if (error == Errors.NONE) {
                        answerHandshake(version, correlationId, offered, error);
                    } else {
                        refuseHandshake(
                                version,
                                correlationId,
                                offered,
                                error,
                                "SASL mechanism " + wanted + " (expected: one that the broker offers, which answers "
                                        + error + " and offers " + answer.mechanisms() + ")");
                    }
                    connection.release(Hold.RESOLVING);
                },
                failure -> unavailable(wanted, "the client's exchange cannot be relayed: " + root(failure)));
        step.await(() -> broker.handshake(wanted));
    }

    private void answerHandshake(short version, int correlationId, Set<String> offered, Errors error) {
        connection.answer(
                ApiKeys.SASL_HANDSHAKE,
                version,
                correlationId,
                new SaslHandshakeResponseData()
                        .setErrorCode(error.code())
                        .setMechanisms(new ArrayList<>(new TreeSet<>(offered))));
    }

    private void refuseHandshake(short version, int correlationId, Set<String> offered, Errors error, String reason) {
        audit("SASL", "refused", reason);
        answerHandshake(version, correlationId, offered, error);
        connection.closeAfterResponses("refused", reason);
    }

    private boolean isExposed() {
        return !connection.encrypted() && !connection.isFromThisMachine() && !listener.allowsPlaintextCredentials();
    }

    void authenticate(short version, int correlationId, byte[] token) {
        if (exchange == null) {
            fail(
                    version,
                    correlationId,
                    Errors.ILLEGAL_SASL_STATE,
                    new Rejected("SaslAuthenticate without SaslHandshake", "no handshake"));
            return;
        }
        if (undecided && !chosen(token)) {
            unavailable(mechanism, "authenticator " + entryName() + " cannot begin");
            return;
        }
        undecided = false;
        SaslExchange current = exchange;
        connection.hold(Hold.RESOLVING);
        AuthenticationStep<SaslStep> step = new AuthenticationStep<>(
                connection,
                result -> {
                    if (result instanceof SaslStep.Challenge challenge) {
                        connection.answer(
                                ApiKeys.SASL_AUTHENTICATE,
                                version,
                                correlationId,
                                new SaslAuthenticateResponseData().setAuthBytes(challenge.token()));
                        connection.release(Hold.RESOLVING);
                    } else if (result instanceof SaslStep.Completed completed) {
                        completed(version, correlationId, token, completed);
                    }
                },
                failure -> unavailable(mechanism, "authenticator " + entryName() + " failed: " + root(failure)));
        step.await(() -> current.evaluate(token));
    }

    private void completed(short version, int correlationId, byte[] token, SaslStep.Completed completed) {
        closeExchange();
        AuthenticationResult result = completed.result();
        if (result instanceof Authenticated authenticated && forwards) {
            forward(version, correlationId, token, completed.token(), authenticated.authentication());
            return;
        }
        decide(version, correlationId, completed.token(), result);
    }

    private void decide(short version, int correlationId, byte[] token, AuthenticationResult result) {
        if (result instanceof Rejected rejected) {
            fail(version, correlationId, Errors.SASL_AUTHENTICATION_FAILED, rejected);
        } else if (result instanceof AuthenticationResult.Unavailable unavailable) {
            unavailable(mechanism, unavailable.reason());
        } else if (result instanceof Authenticated authenticated) {
            if (broker != null && broker.isForeign()) {
                learnNodes();
                return;
            }
            succeed(version, correlationId, token, authenticated.authentication());
        }
    }

    /** What was good enough here is now for the broker to judge: the session is theirs, and ends with the first of both. */
    private void forward(
            short version, int correlationId, byte[] message, byte[] token, Authentication authentication) {
        BrokerLogin forwarded = newBrokerLogin();
        AuthenticationStep<AuthenticationResult> step = new AuthenticationStep<>(
                connection,
                result -> decide(version, correlationId, token, result),
                failure -> unavailable(mechanism, "the client's token cannot be forwarded: " + root(failure)));
        step.await(() -> forwarded.forward(mechanism, message, authentication));
    }

    /** The node of this port is not known yet, and nobody but a client can ask: this one has, so its next attempt gets there. */
    private void learnNodes() {
        AuthenticationStep<Object> step = new AuthenticationStep<>(
                connection,
                learnt -> unavailable(
                        mechanism,
                        "node " + connection.route().node().orElse(-1)
                                + " was not known yet; it is now, if there is one, for the client's next attempt"),
                failure -> unavailable(mechanism, "the nodes of the cluster cannot be learnt: " + root(failure)));
        step.await(() -> broker.learn());
    }

    private void succeed(short version, int correlationId, byte[] token, Authentication authentication) {
        boolean first = session.user() == null;
        session.establish(entry, session.bounded(authentication), new Login.Outcome() {
            @Override
            public void established() {
                audit(mechanism, "success", "");
                connection.answer(
                        ApiKeys.SASL_AUTHENTICATE,
                        version,
                        correlationId,
                        new SaslAuthenticateResponseData()
                                .setAuthBytes(token)
                                .setSessionLifetimeMs(session.lifetimeMillis()));
                if (broker != null) {
                    broker.succeeded();
                    broker = null;
                } else if (first) {
                    session.connectBroker();
                }
            }

            @Override
            public void refused(Resolution.Refused refused) {
                audit.refused(mechanism, entryName(), refused);
                if (refused.mayPass()) {
                    connection.closeSilently(refused.reason());
                    return;
                }
                answerLater(
                        version, correlationId, Errors.SASL_AUTHENTICATION_FAILED, refused.message(), refused.reason());
            }
        });
    }

    private void fail(short version, int correlationId, Errors error, Rejected rejected) {
        audit(mechanism == null ? "SASL" : mechanism, "failure", rejected.reason());
        answerLater(version, correlationId, error, rejected.message(), rejected.reason());
    }

    /** As brokers do, a failure is answered after a delay, so that guessing is slow and every failure takes the same time. */
    private void answerLater(short version, int correlationId, Errors error, String message, String reason) {
        refusing = true;
        connection.hold(Hold.CLOSING);
        connection
                .executor()
                .schedule(
                        () -> {
                            refusing = false;
                            if (!connection.isClosed()) {
                                connection.answer(
                                        ApiKeys.SASL_AUTHENTICATE,
                                        version,
                                        correlationId,
                                        new SaslAuthenticateResponseData()
                                                .setErrorCode(error.code())
                                                .setErrorMessage(message.isEmpty() ? FAILED : message));
                                connection.closeAfterResponses("refused", reason);
                                connection.closeIfUnanswerable();
                            }
                        },
                        services.limits().refusalDelay().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Something that is needed is away: closed without an answer, which clients retry. */
    private void unavailable(@Nullable String method, String reason) {
        audit(method, "unavailable", reason);
        connection.closeSilently(reason);
    }

    private void audit(@Nullable String method, String outcome, String reason) {
        audit.outcome(method, entryName(), outcome, reason, session.user());
    }

    private static Throwable root(Throwable failure) {
        return failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    private String entryName() {
        return entry == null ? "none" : entry.name();
    }

    private void closeExchange() {
        SaslExchange ended = exchange;
        exchange = null;
        if (ended != null) {
            ended.close();
        }
        lease.release();
        lease = AuthenticationMethods.Lease.NONE;
    }

    private void closeBrokerLogin() {
        BrokerLogin ended = broker;
        broker = null;
        if (ended != null) {
            ended.close();
        }
    }

    void close() {
        if (entry != null && session.user() == null) {
            audit.ended(mechanism, entryName());
        }
        closeExchange();
        closeBrokerLogin();
    }
}
