/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.netty.handler.ssl.SslHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.internals.SecurityManagerCompatibility;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.authenticator.DefaultLogin;
import org.apache.kafka.common.security.authenticator.LoginManager;
import org.apache.kafka.common.security.authenticator.SaslClientCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerSaslClientCallbackHandler;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS and SASL towards the brokers of one cluster, by Kafka's own client property names and with Kafka's own login and SASL classes.
 *
 * <p>Thread-safe. SASL steps run on the given executor, since a SCRAM proof takes milliseconds.
 */
final class BrokerSecurity implements AutoCloseable {

    private static final short HANDSHAKE_VERSION = 1;
    private static final short AUTHENTICATE_VERSION = 2;

    private final Executor executor;
    private final Map<String, ?> configs;
    private final @Nullable DefaultSslEngineFactory tls;
    private final @Nullable LoginManager login;
    private final String mechanism;
    private final List<javax.security.auth.login.AppConfigurationEntry> jaasEntries;

    /** @throws org.apache.kafka.common.KafkaException when the properties cannot work */
    BrokerSecurity(Map<String, String> properties, Executor executor) {
        this.executor = executor;
        Map<String, Object> all = new HashMap<>(properties);
        all.putIfAbsent(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:9092");
        this.configs = new AdminClientConfig(all).values();
        SecurityProtocol protocol =
                SecurityProtocol.forName((String) configs.get(AdminClientConfig.SECURITY_PROTOCOL_CONFIG));
        this.tls = usesTls(protocol) ? sslEngineFactory(configs) : null;
        this.mechanism = (String) configs.get(SaslConfigs.SASL_MECHANISM);
        if (!usesSasl(protocol)) {
            this.login = null;
            this.jaasEntries = List.of();
            return;
        }
        JaasContext jaas = JaasContext.loadClientContext(configs);
        this.jaasEntries = jaas.configurationEntries();
        try {
            this.login = LoginManager.acquireLoginManager(jaas, mechanism, DefaultLogin.class, configs);
        } catch (javax.security.auth.login.LoginException e) {
            throw new org.apache.kafka.common.KafkaException(
                    "sasl.jaas.config: login failed: " + e.getMessage() + " (expected: credentials of the gateway)", e);
        }
    }

    private static boolean usesTls(SecurityProtocol protocol) {
        return protocol == SecurityProtocol.SSL || protocol == SecurityProtocol.SASL_SSL;
    }

    private static boolean usesSasl(SecurityProtocol protocol) {
        return protocol == SecurityProtocol.SASL_PLAINTEXT || protocol == SecurityProtocol.SASL_SSL;
    }

    private static DefaultSslEngineFactory sslEngineFactory(Map<String, ?> configs) {
        DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
        factory.configure(configs);
        return factory;
    }

    /** The handler that comes first in the pipeline, when the cluster wants TLS. Verifies host names unless the properties say not to. */
    Optional<SslHandler> tlsHandler(String host, int port) {
        if (tls == null) {
            return Optional.empty();
        }
        String verification = (String) configs.get("ssl.endpoint.identification.algorithm");
        SSLEngine engine = tls.createClientSslEngine(host, port, verification);
        return Optional.of(new SslHandler(engine));
    }

    /** Authenticates a connection, when the cluster wants SASL. Completes on the connection's event loop. */
    CompletableFuture<Void> authenticate(BrokerRequests requests, String host, Executor eventLoop) {
        LoginManager credentials = login;
        if (credentials == null) {
            return CompletableFuture.completedFuture(null);
        }
        return requests.send(
                        ApiKeys.SASL_HANDSHAKE,
                        HANDSHAKE_VERSION,
                        new SaslHandshakeRequestData().setMechanism(mechanism))
                .thenComposeAsync(
                        response -> {
                            SaslHandshakeResponseData handshake = (SaslHandshakeResponseData) response;
                            if (handshake.errorCode() != Errors.NONE.code()) {
                                throw new SaslAuthenticationException(
                                        "sasl.mechanism: " + mechanism + " (expected: one of " + handshake.mechanisms()
                                                + ", which the broker offers)");
                            }
                            SaslClient client = client(credentials, host);
                            return step(requests, client, evaluate(credentials, client, new byte[0], true), eventLoop);
                        },
                        executor);
    }

    private CompletableFuture<Void> step(
            BrokerRequests requests, SaslClient client, byte @Nullable [] token, Executor eventLoop) {
        if (token == null) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.supplyAsync(
                        () -> requests.send(
                                ApiKeys.SASL_AUTHENTICATE,
                                AUTHENTICATE_VERSION,
                                new SaslAuthenticateRequestData().setAuthBytes(token)),
                        eventLoop)
                .thenCompose(sent -> sent)
                .thenComposeAsync(
                        response -> {
                            SaslAuthenticateResponseData answer = (SaslAuthenticateResponseData) response;
                            if (answer.errorCode() != Errors.NONE.code()) {
                                throw new SaslAuthenticationException(
                                        answer.errorMessage() == null ? "refused" : answer.errorMessage());
                            }
                            if (client.isComplete()) {
                                return CompletableFuture.completedFuture(null);
                            }
                            byte[] next = evaluate(login, client, answer.authBytes(), false);
                            return client.isComplete() && (next == null || next.length == 0)
                                    ? CompletableFuture.completedFuture(null)
                                    : step(requests, client, next, eventLoop);
                        },
                        executor);
    }

    private SaslClient client(LoginManager credentials, String host) {
        AuthenticateCallbackHandler callbacks = mechanism.equals("OAUTHBEARER")
                ? new OAuthBearerSaslClientCallbackHandler()
                : new SaslClientCallbackHandler();
        callbacks.configure(configs, mechanism, jaasEntries);
        return SecurityManagerCompatibility.get()
                .callAs(
                        credentials.subject(),
                        () -> Sasl.createSaslClient(
                                new String[] {mechanism},
                                null,
                                credentials.serviceName() == null ? "kafka" : credentials.serviceName(),
                                host,
                                configs,
                                (CallbackHandler) callbacks));
    }

    private static byte @Nullable [] evaluate(
            @Nullable LoginManager credentials, SaslClient client, byte[] challenge, boolean first) {
        if (credentials == null || (first && !client.hasInitialResponse())) {
            return challenge;
        }
        return SecurityManagerCompatibility.get()
                .callAs(credentials.subject(), () -> client.evaluateChallenge(challenge));
    }

    @Override
    public void close() {
        if (login != null) {
            login.release();
        }
        if (tls != null) {
            tls.close();
        }
    }
}
