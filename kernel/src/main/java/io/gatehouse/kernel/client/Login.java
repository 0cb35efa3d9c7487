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
import io.gatehouse.spi.authentication.TlsAuthenticator;
import io.netty.buffer.ByteBuf;
import java.security.cert.X509Certificate;
import java.util.List;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exchange by which a connection authenticates, at its beginning and again during its life (KIP-368): ApiVersions, SaslHandshake and
 * SaslAuthenticate are answered here and reach neither interceptors nor brokers. Belongs to the connection's event loop.
 */
final class Login {

    private static final Logger log = LoggerFactory.getLogger(Login.class);
    private static final String TLS = "TLS";

    private final ClientConnection connection;
    private final ClientServices services;
    private final ClientListener listener;
    private final LoginAudit audit;
    private final Session session;
    private final SaslLogin sasl;
    private final ApiVersionsLogin apiVersions;
    private long begunNanos;
    private @Nullable Entry entry;
    private AuthenticationMethods.Lease lease = AuthenticationMethods.Lease.NONE;

    Login(ClientConnection connection, ClientServices services, ClientListener listener, Route route) {
        this.connection = connection;
        this.services = services;
        this.listener = listener;
        this.audit = new LoginAudit(connection, services, listener);
        this.session = new Session(connection, services, listener, route, audit);
        this.sasl = new SaslLogin(connection, services, listener, session, audit);
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
            if (sasl.occupiesBroker() && api != ApiKeys.SASL_AUTHENTICATE && api != ApiKeys.SASL_HANDSHAKE) {
                throw new FrameException(api + " within a re-authentication (expected: SaslAuthenticate)");
            }
            boolean reauthenticating =
                    api == ApiKeys.SASL_HANDSHAKE || (api == ApiKeys.SASL_AUTHENTICATE && sasl.isUnderWay());
            return session.admits(reauthenticating);
        }
        if (api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE) {
            return true;
        }
        if (entry != null || sasl.hasBegun()) {
            throw new FrameException(api + " before authentication (expected: SaslAuthenticate)");
        }
        withoutSasl(api);
        return false;
    }

    /** Whether the first request that is none of SASL's may let the client in, and so may be as large as any. */
    boolean opensWithoutSasl() {
        AuthenticationMethods methods = listener.methods(connection.route());
        return entry == null
                && !sasl.hasBegun()
                && (methods.anonymous().isPresent()
                        || (!connection.clientCertificates().isEmpty()
                                && methods.tls().isPresent()));
    }

    /** A client whose first request is none of SASL's is who its certificate says, or else anonymous; where neither is listed, nobody. */
    private void withoutSasl(ApiKeys api) {
        AuthenticationMethods methods = listener.methods(connection.route());
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
        if (!tls.lease().acquire()) {
            unavailable(TLS, "authenticator " + tls.name() + " is being replaced");
            return;
        }
        lease = tls.lease();
        connection.hold(Hold.RESOLVING);
        AuthenticationStep<AuthenticationResult> step = new AuthenticationStep<>(
                connection,
                result -> {
                    releaseLease();
                    if (result instanceof AuthenticationResult.Authenticated authenticated) {
                        establishWithoutSasl(tls, authenticated.authentication());
                    } else if (result instanceof AuthenticationResult.Rejected rejected) {
                        audit(TLS, "failure", rejected.reason());
                        connection.closeSilently(rejected.reason());
                    } else if (result instanceof AuthenticationResult.Unavailable unavailable) {
                        unavailable(TLS, unavailable.reason());
                    }
                },
                failure -> unavailable(TLS, "authenticator " + tls.name() + " failed: " + failure));
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

    /** Whether the client is about to be told that it is refused. */
    boolean isRefusing() {
        return sasl.isRefusing();
    }

    /** Whether the exchange under way is of that generation of a plugin. */
    boolean holds(Object generation) {
        return lease.isOfGeneration(generation) || sasl.holds(generation);
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
            sasl.handshake(version, correlationId, request.mechanism());
        } else {
            SaslAuthenticateRequestData request =
                    (SaslAuthenticateRequestData) services.codec().decodeRequest(frame, api, version);
            sasl.authenticate(version, correlationId, request.authBytes());
        }
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

    private void releaseLease() {
        lease.release();
        lease = AuthenticationMethods.Lease.NONE;
    }

    void close() {
        if (entry != null && session.user() == null) {
            audit.ended(entry.anonymous() ? null : TLS, entryName());
        }
        releaseLease();
        sasl.close();
        session.close();
    }
}
