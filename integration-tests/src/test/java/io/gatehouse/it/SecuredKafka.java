/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.kafka.embedded.EmbeddedKafkaBuilder;
import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * A cluster of two brokers that nobody enters without credentials, shared by the test classes of this JVM. One listener per kind of
 * security:
 *
 * <ul>
 *   <li>{@link #SECURE}: TLS, and SASL with PLAIN, both SCRAMs and OAUTHBEARER
 *   <li>{@link #SASL}: the same without TLS
 *   <li>{@link #SHORT}: as {@code SASL} without SCRAM-SHA-512, and sessions last {@link #SESSION_MILLIS}
 *   <li>{@link #MTLS}: TLS with a client certificate
 *   <li>{@link #MISNAMED}: TLS with a certificate for another host
 * </ul>
 *
 * Users are alice, bob and gateway, for PLAIN and SCRAM; a password is the name and {@code -secret}. Tokens are those of {@link
 * #provider}. The brokers have an authorizer: {@code User:gateway} and {@code User:CN=gateway} may do anything, and everybody what no
 * ACL speaks of.
 */
final class SecuredKafka implements BeforeAllCallback {

    static final String SECURE = "SECURE";
    static final String SASL = "SASL";
    static final String SHORT = "SHORT";
    static final String MTLS = "MTLS";
    static final String MISNAMED = "MISNAMED";

    static final long SESSION_MILLIS = 3_000;

    private static final String ALL_MECHANISMS = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER";
    private static final List<String> USERS = List.of("alice", "bob", "gateway");

    private @Nullable Running running;

    /** What is shared. */
    private record Running(
            EmbeddedKafkaCluster cluster,
            TestCertificates authority,
            Path gatewayKey,
            TestIdentityProvider provider,
            Path folder)
            implements AutoCloseable {

        static Running start() {
            try {
                Path folder = Files.createTempDirectory("secured-kafka");
                TestCertificates authority = TestCertificates.in(folder, "kafka-authority");
                Path broker = authority.keyStore("broker", "CN=broker", "dns:localhost,ip:127.0.0.1");
                Path misnamed = authority.keyStore("misnamed", "CN=broker", "dns:kafka.example.org");
                Path gateway = authority.keyStore("gateway", "CN=gateway", "");
                TestIdentityProvider provider = new TestIdentityProvider();
                EmbeddedKafkaBuilder builder = EmbeddedKafkaCluster.builder()
                        .brokers(2)
                        .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                        .property("allow.everyone.if.no.acl.found", "true")
                        .property("super.users", "User:ANONYMOUS;User:gateway;User:CN=gateway");
                USERS.forEach(user -> builder.scramUser(user, user + "-secret"));
                sasl(builder, SECURE, SecurityProtocol.SASL_SSL, provider, ALL_MECHANISMS);
                sasl(builder, SASL, SecurityProtocol.SASL_PLAINTEXT, provider, ALL_MECHANISMS);
                sasl(builder, SHORT, SecurityProtocol.SASL_PLAINTEXT, provider, "PLAIN,SCRAM-SHA-256,OAUTHBEARER");
                List.of("plain", "scram-sha-256", "oauthbearer")
                        .forEach(mechanism -> builder.property(
                                "listener.name.short." + mechanism + ".connections.max.reauth.ms",
                                Long.toString(SESSION_MILLIS)));
                tls(builder, SECURE, authority, broker);
                builder.listener(MTLS, SecurityProtocol.SSL).property("listener.name.mtls.ssl.client.auth", "required");
                tls(builder, MTLS, authority, broker);
                builder.listener(MISNAMED, SecurityProtocol.SSL);
                tls(builder, MISNAMED, authority, misnamed);
                return new Running(builder.build().start(), authority, gateway, provider, folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void tls(
                EmbeddedKafkaBuilder builder, String listener, TestCertificates authority, Path keyStore) {
            Map<String, Object> properties = new HashMap<>(authority.trusting());
            properties.putAll(TestCertificates.showing(keyStore));
            properties.forEach((key, value) -> builder.property(prefix(listener) + key, value.toString()));
        }

        private static void sasl(
                EmbeddedKafkaBuilder builder,
                String listener,
                SecurityProtocol protocol,
                TestIdentityProvider provider,
                String mechanisms) {
            String prefix = prefix(listener);
            String users = USERS.stream()
                    .map(user -> " user_%s=\"%s-secret\"".formatted(user, user))
                    .collect(Collectors.joining());
            String security = "org.apache.kafka.common.security.";
            builder.listener(listener, protocol)
                    .property(prefix + "sasl.enabled.mechanisms", mechanisms)
                    .property(
                            prefix + "plain.sasl.jaas.config",
                            security + "plain.PlainLoginModule required" + users + ";")
                    .property(prefix + "scram-sha-256.sasl.jaas.config", security + "scram.ScramLoginModule required;")
                    .property(prefix + "scram-sha-512.sasl.jaas.config", security + "scram.ScramLoginModule required;")
                    .property(
                            prefix + "oauthbearer.sasl.jaas.config",
                            security + "oauthbearer.OAuthBearerLoginModule required;")
                    .property(
                            prefix + "oauthbearer.sasl.server.callback.handler.class",
                            security + "oauthbearer.OAuthBearerValidatorCallbackHandler")
                    .property(prefix + "oauthbearer.sasl.oauthbearer.jwks.endpoint.url", provider.jwksUrl())
                    .property(prefix + "oauthbearer.sasl.oauthbearer.expected.audience", TestIdentityProvider.AUDIENCE)
                    .property(prefix + "oauthbearer.sasl.oauthbearer.expected.issuer", provider.issuer());
        }

        private static String prefix(String listener) {
            return "listener.name." + listener.toLowerCase(Locale.ROOT) + ".";
        }

        @Override
        public void close() {
            cluster.close();
            provider.close();
            TestGateway.delete(folder);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running = context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(SecuredKafka.class))
                .computeIfAbsent("secured", key -> Running.start(), Running.class);
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("secured kafka: none (expected: a test class that has started)");
        }
        return running;
    }

    EmbeddedKafkaCluster cluster() {
        return running().cluster();
    }

    /** Trusted by the brokers, and theirs is of it. */
    TestCertificates authority() {
        return running().authority();
    }

    /** Whose tokens the brokers take. */
    TestIdentityProvider provider() {
        return running().provider();
    }

    /** Begins a gateway in front of one of the listeners, with what the cluster's properties need besides. */
    TestGateway.Builder gateway(String listener, Map<String, Object> properties) {
        Map<String, Object> all = new TreeMap<>(properties);
        if (List.of(SECURE, MTLS, MISNAMED).contains(listener)) {
            all.putAll(authority().trusting());
        }
        all.putIfAbsent(
                "security.protocol",
                switch (listener) {
                    case SECURE -> "SASL_SSL";
                    case SASL, SHORT -> "SASL_PLAINTEXT";
                    default -> "SSL";
                });
        return TestGateway.inFrontOf(cluster().bootstrapServers(listener)).clusterProperties(flow(all));
    }

    /** The same with another trust store, which has the password of all that there are here. */
    TestGateway.Builder gateway(String listener, Map<String, Object> properties, Path trustStore) {
        Map<String, Object> all = new TreeMap<>(properties);
        all.putAll(authority().trusting());
        all.put("ssl.truststore.location", trustStore.toString());
        all.put("security.protocol", "SASL_SSL");
        return TestGateway.inFrontOf(cluster().bootstrapServers(listener)).clusterProperties(flow(all));
    }

    /** Properties of a client that authenticates as a user; SCRAM or PLAIN. */
    static Map<String, Object> credentials(String mechanism, String user, String password) {
        String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        return Map.of(
                "sasl.mechanism",
                mechanism,
                "sasl.jaas.config",
                "org.apache.kafka.common.security." + module + " required username=\"" + user + "\" password=\""
                        + password + "\";");
    }

    static Map<String, Object> credentials(String mechanism, String user) {
        return credentials(mechanism, user, user + "-secret");
    }

    /** Shows the gateway's certificate. */
    Map<String, Object> gatewayCertificate() {
        return TestCertificates.showing(running().gatewayKey());
    }

    private static String flow(Map<String, Object> properties) {
        return properties.entrySet().stream()
                .map(property -> ", " + property.getKey() + ": '" + property.getValue() + "'")
                .collect(Collectors.joining());
    }
}
