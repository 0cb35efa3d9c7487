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
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.LoginException;
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
import org.apache.kafka.common.security.JaasUtils;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.Login;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.authenticator.DefaultLogin;
import org.apache.kafka.common.security.authenticator.LoginManager;
import org.apache.kafka.common.security.authenticator.SaslClientCallbackHandler;
import org.apache.kafka.common.security.kerberos.KerberosLogin;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerRefreshingLogin;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerSaslClientCallbackHandler;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * TLS and SASL towards the brokers of one cluster, by Kafka's own client property names and with Kafka's own login and SASL classes.
 *
 * <p>Thread-safe. Logins and SASL steps run on the given executor: a login may ask an identity provider, and a SCRAM proof takes
 * milliseconds.
 */
final class BrokerSecurity implements AutoCloseable {

    private static final short HANDSHAKE_VERSION = 1;
    private static final short AUTHENTICATE_VERSION = 2;
    private static final String KERBEROS = "GSSAPI";

    private final Executor executor;
    private final Map<String, ?> configs;
    private final @Nullable BrokerTls tls;
    private final @Nullable JaasContext jaas;
    private final String mechanism;
    private final boolean sasl;

    /** Made with the first connection, so that an identity provider that is away at start is like a broker that is. */
    private @Nullable LoginManager login;

    private boolean closed;

    /** @throws org.apache.kafka.common.KafkaException when the properties cannot work */
    BrokerSecurity(Map<String, String> properties, Executor executor) {
        this.executor = executor;
        Map<String, Object> all = new HashMap<>(properties);
        all.putIfAbsent(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:9092");
        this.configs = new AdminClientConfig(all).values();
        SecurityProtocol protocol =
                SecurityProtocol.forName((String) configs.get(AdminClientConfig.SECURITY_PROTOCOL_CONFIG));
        this.mechanism = (String) configs.get(SaslConfigs.SASL_MECHANISM);
        this.sasl = usesSasl(protocol);
        this.jaas = sasl && isConfigured(configs) ? JaasContext.loadClientContext(configs) : null;
        this.tls = usesTls(protocol) ? new BrokerTls(properties, configs) : null;
    }

    /** As Kafka looks for it: in the properties, or in the JVM's JAAS file. */
    private static boolean isConfigured(Map<String, ?> configs) {
        return configs.get(SaslConfigs.SASL_JAAS_CONFIG) != null
                || System.getProperty(JaasUtils.JAVA_LOGIN_CONFIG_PARAM) != null;
    }

    /** Whether the gateway can authenticate itself, or need not. Else only clients can, whose exchanges are relayed. */
    boolean hasCredentials() {
        return !sasl || jaas != null;
    }

    private static boolean usesTls(SecurityProtocol protocol) {
        return protocol == SecurityProtocol.SSL || protocol == SecurityProtocol.SASL_SSL;
    }

    private static boolean usesSasl(SecurityProtocol protocol) {
        return protocol == SecurityProtocol.SASL_PLAINTEXT || protocol == SecurityProtocol.SASL_SSL;
    }

    /** The handler that comes first in the pipeline, when the cluster wants TLS. */
    Optional<SslHandler> tlsHandler(String host, int port) {
        return Optional.ofNullable(tls).map(each -> each.handler(host, port));
    }

    /** Key and trust stores are renewed while the gateway runs. */
    void reloadTlsIfChanged() {
        if (tls != null) {
            tls.reloadIfChanged();
        }
    }

    /**
     * Authenticates a connection, when the cluster wants SASL: a new one, or an open one again (KIP-368).
     *
     * @return how long the broker lets the credentials count, in milliseconds; 0 for ever; completes on any thread
     */
    CompletableFuture<Long> authenticate(RequestSender requests, String host, Executor eventLoop) {
        JaasContext context = jaas;
        if (context == null) {
            return sasl
                    ? CompletableFuture.failedFuture(new SaslAuthenticationException(
                            "sasl.jaas.config: missing (expected: credentials of the gateway)"))
                    : CompletableFuture.completedFuture(0L);
        }
        return requests.send(
                        ApiKeys.SASL_HANDSHAKE,
                        HANDSHAKE_VERSION,
                        new SaslHandshakeRequestData().setMechanism(mechanism))
                .thenComposeAsync(
                        response -> {
                            SaslHandshakeResponseData handshake = (SaslHandshakeResponseData) response;
                            if (handshake.errorCode() == Errors.UNSUPPORTED_SASL_MECHANISM.code()) {
                                throw new SaslAuthenticationException(
                                        "sasl.mechanism: " + mechanism + " (expected: one of " + handshake.mechanisms()
                                                + ", which the broker offers)");
                            }
                            if (handshake.errorCode() != Errors.NONE.code()) {
                                throw new SaslAuthenticationException("the broker answers SaslHandshake with "
                                        + Errors.forCode(handshake.errorCode()));
                            }
                            LoginManager credentials = login(context);
                            SaslClient client = client(credentials, context, host);
                            return step(
                                            requests,
                                            credentials,
                                            client,
                                            evaluate(credentials, client, new byte[0], true),
                                            eventLoop)
                                    .whenComplete(
                                            (lifetime, failure) -> Utils.closeQuietly(client::dispose, "SASL client"));
                        },
                        executor);
    }

    private CompletableFuture<Long> step(
            RequestSender requests,
            LoginManager credentials,
            SaslClient client,
            byte @Nullable [] token,
            Executor eventLoop) {
        byte[] sent = token == null ? new byte[0] : token;
        return CompletableFuture.supplyAsync(
                        () -> requests.send(
                                ApiKeys.SASL_AUTHENTICATE,
                                AUTHENTICATE_VERSION,
                                new SaslAuthenticateRequestData().setAuthBytes(sent)),
                        eventLoop)
                .thenCompose(response -> response)
                .thenComposeAsync(
                        response -> {
                            SaslAuthenticateResponseData answer = (SaslAuthenticateResponseData) response;
                            if (answer.errorCode() != Errors.NONE.code()) {
                                throw new SaslAuthenticationException("the broker refuses the gateway's " + mechanism
                                        + " credentials: "
                                        + (answer.errorMessage() == null
                                                ? Errors.forCode(answer.errorCode())
                                                : answer.errorMessage()));
                            }
                            byte[] next = client.isComplete()
                                    ? null
                                    : evaluate(credentials, client, answer.authBytes(), false);
                            return client.isComplete() && (next == null || next.length == 0)
                                    ? CompletableFuture.completedFuture(answer.sessionLifetimeMs())
                                    : step(requests, credentials, client, next, eventLoop);
                        },
                        executor);
    }

    private synchronized LoginManager login(JaasContext context) {
        if (closed) {
            throw new IllegalStateException("the gateway stops");
        }
        LoginManager known = login;
        if (known != null) {
            return known;
        }
        try {
            LoginManager made = LoginManager.acquireLoginManager(context, mechanism, loginClass(), configs);
            login = made;
            return made;
        } catch (LoginException e) {
            throw new SaslAuthenticationException(
                    "sasl.jaas.config: login failed: " + e.getMessage() + " (expected: credentials of the gateway)", e);
        }
    }

    /** As Kafka's own clients choose it: tokens and tickets have to be refreshed. */
    private Class<? extends Login> loginClass() {
        if (mechanism.equals(KERBEROS)) {
            return KerberosLogin.class;
        }
        return isBearer() ? OAuthBearerRefreshingLogin.class : DefaultLogin.class;
    }

    private boolean isBearer() {
        return mechanism.equals(OAuthBearerLoginModule.OAUTHBEARER_MECHANISM);
    }

    private SaslClient client(LoginManager credentials, JaasContext context, String host) {
        List<AppConfigurationEntry> entries = context.configurationEntries();
        AuthenticateCallbackHandler callbacks =
                isBearer() ? new OAuthBearerSaslClientCallbackHandler() : new SaslClientCallbackHandler();
        callbacks.configure(configs, mechanism, entries);
        SaslClient client = SecurityManagerCompatibility.get()
                .callAs(
                        credentials.subject(),
                        () -> Sasl.createSaslClient(
                                new String[] {mechanism},
                                null,
                                credentials.serviceName() == null ? "kafka" : credentials.serviceName(),
                                host,
                                configs,
                                (CallbackHandler) callbacks));
        if (client == null) {
            throw new SaslAuthenticationException(
                    "sasl.mechanism: " + mechanism + " (expected: one that sasl.jaas.config's login module is for)");
        }
        return client;
    }

    private static byte @Nullable [] evaluate(
            LoginManager credentials, SaslClient client, byte[] challenge, boolean first) {
        if (first && !client.hasInitialResponse()) {
            return challenge;
        }
        return SecurityManagerCompatibility.get()
                .callAs(credentials.subject(), () -> client.evaluateChallenge(challenge));
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (login != null) {
            login.release();
        }
    }
}
