/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** KIP-368 as clients meet it: when sessions end, what they may do then, and what they may not change; conformance line 39. */
class SessionLifetimeIT {

    private static final Duration PROMPTLY = Duration.ofSeconds(3);
    private static final long SESSION_MILLIS = 2_000;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestIdentityProvider provider;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        provider = new TestIdentityProvider();
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice", "bob")
                .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                .authentication(
                        "[{type: plain, cost: 4, sharedPrincipals: true}, {type: oauth, sharedPrincipals: true, jwksUrl: \""
                                + provider.jwksUrl() + "\", issuer: \"" + provider.issuer()
                                + "\", audiences: [kafka], virtualClusters: ['*']}]")
                .resource("virtual-clusters.yaml", """
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: team-a}
                        spec: {cluster: local}
                        ---
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: team-b}
                        spec: {cluster: local}
                        """)
                .limit("connections.max.reauth.ms", SESSION_MILLIS + "ms")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        provider.close();
    }

    @Test
    void aSessionEndsAfterTheTimeThatTheClientIsTold() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(client.saslPlain("alice", "alice").sessionLifetimeMs()).isBetween(1L, SESSION_MILLIS);
            listGroups(client);
            TimeUnit.MILLISECONDS.sleep(SESSION_MILLIS + 200);

            client.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void whoComesLateMayStillAuthenticateAnew() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            client.saslPlain("alice", "alice");
            listGroups(client);
            TimeUnit.MILLISECONDS.sleep(SESSION_MILLIS + 200);

            assertThat(client.saslPlain("alice", "alice").sessionLifetimeMs()).isBetween(1L, SESSION_MILLIS);
            listGroups(client);
        }
    }

    @Test
    void anotherPrincipalIsRefused() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            client.saslPlain("alice", "alice");

            SaslAuthenticateResponseData answer = client.saslPlain("bob", "bob");

            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(answer.errorMessage()).contains("principals");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void anotherMechanismIsRefused() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            client.saslPlain("alice", "alice");

            SaslHandshakeResponseData answer = client.exchange(
                    ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("OAUTHBEARER"), 1, "raw");

            assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM.code());
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void anotherVirtualClusterIsRefused() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(bearer(client, "team-a").errorCode()).isZero();
            assertThat(bearer(client, "team-a").errorCode()).isZero();

            SaslAuthenticateResponseData answer = bearer(client, "team-b");

            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(answer.errorMessage()).contains("virtual clusters");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void theTokenEndsTheSessionIfItEndsFirst() throws Exception {
        provider.lifetime(Duration.ofSeconds(1));
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(bearer(client, "team-a").sessionLifetimeMs()).isBetween(1L, 1_000L);
        } finally {
            provider.lifetime(Duration.ofMinutes(5));
        }
    }

    @Test
    void aProducerDoesNotNotice() throws Exception {
        String topic = "lifetime-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 1, 3);
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), "alice");
        config.put("retries", 0);
        config.put("enable.idempotence", false);
        try (KafkaProducer<String, String> producer = Clients.producer(config)) {
            producer.send(new ProducerRecord<>(topic, "first")).get(10, TimeUnit.SECONDS);
            double accepted = gateway.metric("gatehouse_connections_accepted_total");
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * SESSION_MILLIS);
            while (System.nanoTime() < end) {
                producer.send(new ProducerRecord<>(topic, "value")).get(10, TimeUnit.SECONDS);
            }
            assertThat(gateway.metric("gatehouse_connections_accepted_total")).isLessThanOrEqualTo(accepted + 1);
        }
    }

    @Test
    void aCertificateEndsItsSession() throws Exception {
        TestCertificates authority = TestCertificates.in(folder, "lifetime-authority");
        Path server = authority.keyStore("lifetime-server", "CN=gateway", "dns:localhost,ip:127.0.0.1");
        Map<String, Object> tls = new HashMap<>(authority.trusting());
        tls.putAll(TestCertificates.showing(server));
        tls.put("ssl.client.auth", "required");
        try (TestGateway mtls = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-mtls"))
                .authentication("[{type: mtls}]")
                .tls(tls.entrySet().stream()
                        .map(property -> property.getKey() + ": \"" + property.getValue() + "\"")
                        .collect(Collectors.joining(", ", "{", "}")))
                .start()) {
            Path brief = authority.keyStore("brief", "CN=brief", "", "-1d+6S", "1");
            long made = System.nanoTime();
            try (RawKafkaClient client =
                    RawKafkaClient.connect("localhost", mtls.bootstrapPort(), context(brief, authority))) {
                listGroups(client);
                TimeUnit.NANOSECONDS.sleep(made + TimeUnit.MILLISECONDS.toNanos(6_500) - System.nanoTime());

                client.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");

                assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            }
        }
    }

    private static SSLContext context(Path keyStore, TestCertificates authority) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(keyStore), TestCertificates.PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load(authority.trustStore()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore load(Path file) throws Exception {
        return KeyStore.getInstance(file.toFile(), TestCertificates.PASSWORD.toCharArray());
    }

    private static void listGroups(RawKafkaClient client) throws IOException {
        client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
    }

    private static SaslAuthenticateResponseData bearer(RawKafkaClient client, String virtualCluster)
            throws IOException {
        client.exchange(
                ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("OAUTHBEARER"), 1, "raw");
        String token = provider.issue("carol", Map.of("gateway.vcluster", virtualCluster));
        return client.exchange(
                ApiKeys.SASL_AUTHENTICATE,
                2,
                new SaslAuthenticateRequestData()
                        .setAuthBytes(
                                ("n,,\u0001auth=Bearer " + token + "\u0001\u0001").getBytes(StandardCharsets.UTF_8)),
                2,
                "raw");
    }
}
