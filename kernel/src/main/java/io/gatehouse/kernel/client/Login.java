/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.client.AuthenticationMethods.Entry;
import io.gatehouse.kernel.identity.Resolution;
import io.gatehouse.kernel.identity.UserResolver;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.kernel.wire.FrameException;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import io.gatehouse.spi.authentication.TlsAuthenticator;
import io.netty.buffer.ByteBuf;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exchange by which a connection authenticates, at its beginning and again during its life (KIP-368): ApiVersions, SaslHandshake and
 * SaslAuthenticate are answered here and reach neither interceptors nor brokers. Belongs to the connection's event loop.
 */
final class Login {

    private static final Logger log = LoggerFactory.getLogger(Login.class);
    private static final long STEP_DEADLINE_MILLIS = 10_000;
    private static final String FAILED = "Authentication failed.";
    private static final String TLS = "TLS";

    private final ClientConnection connection;
    private final ClientServices services;
    private final ClientListener listener;
    private final LoginAudit audit;
    private final Session session;
    private final ApiVersionsLogin apiVersions;
    private long begunNanos;
    private @Nullable Entry entry;
    private @Nullable String mechanism;
    private @Nullable SaslExchange exchange;
    private AuthenticationMethods.Lease lease = AuthenticationMethods.Lease.NONE;

    Login(ClientConnection connection, ClientServices services, ClientListener listener, Route route) {
        this.connection = connection;
        this.services = services;
        this.listener = listener;
        this.audit = new LoginAudit(connection, services, listener);
        this.session = new Session(connection, services, listener, route, audit);
        this.apiVersions = new ApiVersionsLogin(connection, services, listener, route, session);
    }

    void begin() {
        begunNanos = System.nanoTime();
        audit.begin();
    }

    /** Null before there is one. */
    @Nullable
    User user() {
        return session.user();
    }

    long ageNanos() {
        return System.nanoTime() - begunNanos;
    }

    /** Whether there is a user: requests may go on. */
    boolean isOpen() {
        return session.user() != null;
    }

    /**
     * Whether the next frame may be looked at now. Where it may not, the connection is held or about to close.
     *
     * @throws FrameException for a request that must not come before authentication
     */
    boolean admits(ApiKeys api) {
        if (session.user() != null) {
            boolean reauthenticating =
                    api == ApiKeys.SASL_HANDSHAKE || (api == ApiKeys.SASL_AUTHENTICATE && exchange != null);
            return session.admits(reauthenticating);
        }
        if (api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE) {
            return true;
        }
        if (entry != null) {
            throw new FrameException(api + " before authentication (expected: SaslAuthenticate)");
        }
        withoutSasl(api);
        return false;
    }

    /** Whether the first request that is none of SASL's may let the client in, and so may be as large as any. */
    boolean opensWithoutSasl() {
        AuthenticationMethods methods = listener.methods();
        return entry == null
                && (methods.anonymous().isPresent()
                        || (!connection.clientCertificates().isEmpty()
                                && methods.tls().isPresent()));
    }

    /** A client whose first request is none of SASL's is who its certificate says, or else anonymous; where neither is listed, nobody. */
    private void withoutSasl(ApiKeys api) {
        AuthenticationMethods methods = listener.methods();
        session.observeIdentities();
        List<X509Certificate> certificates = connection.clientCertificates();
        Entry tls = certificates.isEmpty() ? null : methods.tls().orElse(null);
        Entry anonymous = methods.anonymous().orElse(null);
        if (tls != null) {
            authenticateByTls(tls, certificates);
        } else if (anonymous != null) {
            entry = anonymous;
            Authentication authentication = Authentication.of(UserResolver.ANONYMOUS_METHOD, User.ANONYMOUS)
                    .build();
            establishWithoutSasl(anonymous, authentication);
        } else {
            String reason = api + " before authentication (expected: "
                    + (methods.mechanisms().isEmpty() ? "a client certificate" : "SaslHandshake") + ")";
            audit(null, "refused", reason);
            throw new FrameException(reason);
        }
    }

    private void authenticateByTls(Entry tls, List<X509Certificate> certificates) {
        entry = tls.withoutAuthenticator();
        mechanism = TLS;
        if (!tls.lease().acquire()) {
            unavailable(TLS, "authenticator " + tls.name() + " is being replaced");
            return;
        }
        lease = tls.lease();
        connection.hold(Hold.RESOLVING);
        Step<AuthenticationResult> step = new Step<>(result -> {
            closeExchange();
            if (result instanceof AuthenticationResult.Authenticated authenticated) {
                establishWithoutSasl(tls, authenticated.authentication());
            } else if (result instanceof AuthenticationResult.Rejected rejected) {
                audit(TLS, "failure", rejected.reason());
                connection.closeSilently(rejected.reason());
            } else if (result instanceof AuthenticationResult.Unavailable unavailable) {
                unavailable(TLS, unavailable.reason());
            }
        });
        step.await(() -> ((TlsAuthenticator) tls.authenticator()).authenticate(certificates, connection));
    }

    private void establishWithoutSasl(Entry used, Authentication authentication) {
        session.establish(used, authentication, new Outcome() {
            @Override
            public void established() {
                audit(authentication.method(), "success", "");
                session.connectBroker();
            }

            @Override
            public void refused(Resolution.Refused refused) {
                audit(authentication.method(), refused);
                connection.closeSilently(refused.reason());
            }
        });
    }

    /** While no request comes: uses the interceptors of now. */
    void followInterceptors() {
        session.followInterceptors();
    }

    /** Whether the exchange under way is of that generation of a plugin. */
    boolean holds(Object generation) {
        return lease.isOfGeneration(generation);
    }

    /** The user with a comma before it; empty while there is none. */
    String userForLog() {
        User user = session.user();
        return user == null ? "" : ", " + user;
    }

    /** How resolving a user ended. */
    interface Outcome {
        void established();

        void refused(Resolution.Refused refused);
    }

    /** Answers a collected frame of one of the three APIs. */
    void handle(ApiKeys api, short version, int correlationId, ByteBuf frame) {
        services.meters().request(api.id, frame.readableBytes());
        connection.countRequest(frame.readableBytes());
        if (api == ApiKeys.API_VERSIONS) {
            apiVersions.handle(version, correlationId, frame);
        } else if (api == ApiKeys.SASL_HANDSHAKE) {
            SaslHandshakeRequestData request =
                    (SaslHandshakeRequestData) services.codec().decodeRequest(frame, api, version);
            handshake(version, correlationId, request.mechanism());
        } else {
            SaslAuthenticateRequestData request =
                    (SaslAuthenticateRequestData) services.codec().decodeRequest(frame, api, version);
            authenticate(version, correlationId, request.authBytes());
        }
    }

    private void handshake(short version, int correlationId, String wanted) {
        // As they are now: a plugin may have been replaced since the connection came.
        AuthenticationMethods methods = listener.methods();
        session.observeIdentities();
        SaslHandshakeResponseData response =
                new SaslHandshakeResponseData().setMechanisms(new ArrayList<>(methods.mechanisms()));
        Entry offering = methods.offering(wanted).orElse(null);
        if (offering == null && methods.missing().isPresent()) {
            unavailable(
                    "SASL",
                    "authentication type " + methods.missing().get().type()
                            + " (expected: a type that a loaded plugin offers)");
            return;
        }
        boolean otherMechanism = session.user() != null && !wanted.equals(mechanism);
        if (version == 0) {
            // After a handshake of version 0 the tokens come without Kafka headers; old clients that do so are told at
            // once.
            refuseHandshake(version, correlationId, response, Errors.UNSUPPORTED_VERSION, "SaslHandshake version 0");
        } else if (offering == null || otherMechanism) {
            String reason = "SASL mechanism " + wanted + " (expected: "
                    + (otherMechanism ? mechanism + ", as before" : "one of " + methods.mechanisms()) + ")";
            refuseHandshake(version, correlationId, response, Errors.UNSUPPORTED_SASL_MECHANISM, reason);
        } else if (isExposed()) {
            refuseHandshake(
                    version,
                    correlationId,
                    response,
                    Errors.ILLEGAL_SASL_STATE,
                    "credentials without TLS from " + connection.remoteAddress()
                            + " (expected: TLS, loopback, or allowPlaintextCredentials: true)");
        } else {
            closeExchange();
            if (!begin(offering, wanted)) {
                unavailable(wanted, "authenticator " + offering.name() + " cannot begin");
                return;
            }
            connection.answer(ApiKeys.SASL_HANDSHAKE, version, correlationId, response);
        }
    }

    private boolean begin(Entry offering, String wanted) {
        Entry used = offering;
        if (!used.lease().acquire()) {
            // Replaced since it was read: the new one is published before the old one is let go.
            used = listener.methods().offering(wanted).orElse(offering);
            if (!used.lease().acquire()) {
                return false;
            }
        }
        entry = used.withoutAuthenticator();
        mechanism = wanted;
        lease = used.lease();
        try {
            exchange = ((SaslAuthenticator) used.authenticator()).begin(wanted, connection);
            return exchange != null;
        } catch (RuntimeException | LinkageError e) {
            log.debug("authenticator {} failed to begin", used.name(), e);
            closeExchange();
            return false;
        }
    }

    private boolean isExposed() {
        return !connection.encrypted()
                && !connection.remoteAddress().getAddress().isLoopbackAddress()
                && !listener.allowsPlaintextCredentials();
    }

    private void refuseHandshake(
            short version, int correlationId, SaslHandshakeResponseData response, Errors error, String reason) {
        audit("SASL", "refused", reason);
        connection.answer(ApiKeys.SASL_HANDSHAKE, version, correlationId, response.setErrorCode(error.code()));
        connection.closeAfterResponses("refused", reason);
    }

    private void authenticate(short version, int correlationId, byte[] token) {
        SaslExchange current = exchange;
        if (current == null) {
            fail(
                    version,
                    correlationId,
                    Errors.ILLEGAL_SASL_STATE,
                    "SaslAuthenticate without SaslHandshake",
                    "no handshake");
            return;
        }
        connection.hold(Hold.RESOLVING);
        Step<SaslStep> step = new Step<>(result -> {
            if (result instanceof SaslStep.Challenge challenge) {
                connection.answer(
                        ApiKeys.SASL_AUTHENTICATE,
                        version,
                        correlationId,
                        new SaslAuthenticateResponseData().setAuthBytes(challenge.token()));
                connection.release(Hold.RESOLVING);
            } else if (result instanceof SaslStep.Completed completed) {
                completed(version, correlationId, completed);
            }
        });
        step.await(() -> current.evaluate(token));
    }

    /** One step of an authenticator, which may end later, or too late. */
    private final class Step<T> {
        private final Consumer<T> then;
        private boolean settled;
        private @Nullable Future<?> timer;

        private Step(Consumer<T> then) {
            this.then = then;
        }

        private void await(Supplier<CompletionStage<T>> call) {
            try {
                call.get().whenComplete((result, failure) -> {
                    if (connection.executor().inEventLoop()) {
                        settle(result, failure);
                    } else {
                        connection.executor().execute(() -> settle(result, failure));
                    }
                });
            } catch (RuntimeException | LinkageError e) {
                settle(null, e);
            }
            if (!settled) {
                TimeoutException late = new TimeoutException("no result within " + STEP_DEADLINE_MILLIS + " ms");
                timer = connection
                        .executor()
                        .schedule(() -> settle(null, late), STEP_DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void settle(@Nullable T result, @Nullable Throwable failure) {
            if (settled || connection.isClosed()) {
                return;
            }
            settled = true;
            if (timer != null) {
                timer.cancel(false);
            }
            if (result == null) {
                unavailable(mechanism, "authenticator " + entryName() + " failed: " + failure);
                return;
            }
            then.accept(result);
        }
    }

    private void completed(short version, int correlationId, SaslStep.Completed completed) {
        closeExchange();
        AuthenticationResult result = completed.result();
        if (result instanceof AuthenticationResult.Rejected rejected) {
            fail(version, correlationId, Errors.SASL_AUTHENTICATION_FAILED, rejected.message(), rejected.reason());
        } else if (result instanceof AuthenticationResult.Unavailable unavailable) {
            unavailable(mechanism, unavailable.reason());
        } else if (result instanceof AuthenticationResult.Authenticated authenticated) {
            succeed(version, correlationId, completed.token(), authenticated.authentication());
        }
    }

    private void succeed(short version, int correlationId, byte[] token, Authentication authentication) {
        boolean first = session.user() == null;
        session.establish(entry, authentication, new Outcome() {
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
                if (first) {
                    session.connectBroker();
                }
            }

            @Override
            public void refused(Resolution.Refused refused) {
                audit(mechanism, refused);
                if (refused.mayPass()) {
                    connection.closeSilently(refused.reason());
                    return;
                }
                answerLater(
                        version, correlationId, Errors.SASL_AUTHENTICATION_FAILED, refused.message(), refused.reason());
            }
        });
    }

    private void fail(short version, int correlationId, Errors error, String message, String reason) {
        audit(mechanism == null ? "SASL" : mechanism, "failure", reason);
        answerLater(version, correlationId, error, message, reason);
    }

    /** As brokers do, a failure is answered after a delay, so that guessing is slow and every failure takes the same time. */
    private void answerLater(short version, int correlationId, Errors error, String message, String reason) {
        connection.hold(Hold.CLOSING);
        connection
                .executor()
                .schedule(
                        () -> {
                            if (!connection.isClosed()) {
                                connection.answer(
                                        ApiKeys.SASL_AUTHENTICATE,
                                        version,
                                        correlationId,
                                        new SaslAuthenticateResponseData()
                                                .setErrorCode(error.code())
                                                .setErrorMessage(message.isEmpty() ? FAILED : message));
                                connection.closeAfterResponses("refused", reason);
                            }
                        },
                        services.limits().refusalDelay().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private String entryName() {
        return entry == null ? "none" : entry.name();
    }

    /** Something that is needed is away: closed without an answer, which clients retry. */
    private void unavailable(@Nullable String method, String reason) {
        audit(method, "unavailable", reason);
        connection.closeSilently(reason);
    }

    private void audit(@Nullable String method, String outcome, String reason) {
        audit.outcome(method, entryName(), outcome, reason, session.user());
    }

    private void audit(@Nullable String method, Resolution.Refused refused) {
        audit.refused(method, entryName(), refused);
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

    void close() {
        if (entry != null && session.user() == null) {
            audit.ended(mechanism, entryName());
        }
        closeExchange();
        session.close();
    }
}
