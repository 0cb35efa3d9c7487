/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A token that the gateway has validated and the broker judges too: the client's own rights there, its claims here. */
class ValidateForwardIT {

    @RegisterExtension
    static final SecuredKafka kafka = new SecuredKafka();

    private static TestGateway gateway;
    private static TestGateway shortSessions;

    @BeforeAll
    static void start() {
        gateway = forwarding(SecuredKafka.SASL, "anyAudience: true");
        shortSessions = forwarding(SecuredKafka.SHORT, "audiences: [" + TestIdentityProvider.AUDIENCE + "]");
    }

    private static TestGateway forwarding(String listener, String audience) {
        return kafka.gateway(listener, Map.of())
                .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                .authentication("[{type: oauth, mediation: validate_forward, jwksUrl: \""
                        + kafka.provider().jwksUrl() + "\", issuer: \""
                        + kafka.provider().issuer() + "\", virtualClusters: [team-a], requiredClaims: {dept: it}, "
                        + audience
                        + "}]")
                .resource("virtual-clusters.yaml", """
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: team-a}
                        spec: {cluster: local}
                        """)
                .start();
    }

    @AfterAll
    static void stop() {
        kafka.provider().extraClaims(Map.of());
        gateway.close();
        shortSessions.close();
    }

    @Test
    void theClientHasItsOwnRightsAtTheBrokerAndItsClaimsCountHere() throws Exception {
        String topic = "forwarded-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 2, 2);
        AclBinding onlyAlice = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:alice", "*", AclOperation.ALL, AclPermissionType.ALLOW));
        kafka.cluster().admin().createAcls(List.of(onlyAlice)).all().get(20, TimeUnit.SECONDS);
        kafka.provider().extraClaims(Map.of("dept", "it", "gateway.vcluster", "team-a"));

        try (Admin admin = Admin.create(client(gateway, "alice"));
                KafkaProducer<String, String> alice = Clients.producer(client(gateway, "alice"));
                KafkaProducer<String, String> bob = Clients.producer(client(gateway, "bob"))) {
            assertThat(admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                    .isEqualTo("team-a@" + kafka.cluster().clusterId());
            for (int i = 0; i < 10; i++) {
                alice.send(new ProducerRecord<>(topic, "key" + i, "value")).get(20, TimeUnit.SECONDS);
            }
            assertThatThrownBy(() ->
                            bob.send(new ProducerRecord<>(topic, "from bob")).get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void theClientOfTheDocumentationIsAdmitted() throws Exception {
        kafka.provider().extraClaims(Map.of("dept", "it"));
        Map<String, Object> config = DocumentedClient.of("### The same token for the broker: `validate_forward`");
        config.replace("security.protocol", "SASL_SSL", "SASL_PLAINTEXT");
        config.put("sasl.oauthbearer.token.endpoint.url", kafka.provider().issuer() + "/token");
        config.computeIfPresent(
                "sasl.jaas.config", (key, value) -> value.toString().replace("\"...\"", "\"alice\""));
        config.put("bootstrap.servers", gateway.bootstrapServers());

        try (Admin admin = Admin.create(config)) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(2);
        }
    }

    @Test
    void bothMustTakeTheToken() {
        kafka.provider().extraClaims(Map.of("dept", "sales"));
        assertThatThrownBy(() -> describe(client(gateway, "alice")))
                .as("a token that only the broker takes")
                .hasRootCauseInstanceOf(SaslAuthenticationException.class)
                .hasStackTraceContaining("invalid_token");

        kafka.provider().extraClaims(Map.of("dept", "it", "aud", "payroll"));
        assertThatThrownBy(() -> describe(client(gateway, "alice")))
                .as("a token that only the gateway takes")
                .hasRootCauseInstanceOf(SaslAuthenticationException.class)
                .hasStackTraceContaining("The broker does not accept the token");
    }

    @Test
    void theSessionEndsWithTheFirstOfBoth() throws Exception {
        assertThat(lifetimeMillis(shortSessions)).as("the broker's").isBetween(1L, SecuredKafka.SESSION_MILLIS);

        kafka.provider().lifetime(Duration.ofSeconds(10));
        try {
            assertThat(lifetimeMillis(gateway)).as("the token's").isBetween(5_000L, 10_000L);
        } finally {
            kafka.provider().lifetime(Duration.ofMinutes(5));
        }
    }

    private static long lifetimeMillis(TestGateway at) throws IOException {
        String token = kafka.provider().issue("alice", Map.of("dept", "it"));
        try (RawKafkaClient client = RawRequests.connect(at)) {
            client.exchange(
                    ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("OAUTHBEARER"), 1, "raw");
            SaslAuthenticateResponseData answer = client.exchange(
                    ApiKeys.SASL_AUTHENTICATE,
                    2,
                    new SaslAuthenticateRequestData()
                            .setAuthBytes(("n,,\u0001auth=Bearer " + token + "\u0001\u0001")
                                    .getBytes(StandardCharsets.UTF_8)),
                    2,
                    "raw");
            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
            return answer.sessionLifetimeMs();
        }
    }

    @Test
    void clientsAuthenticateAnewHereAndThere() throws Exception {
        String topic = "forwarded-anew-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 1, 2);
        kafka.provider().extraClaims(Map.of("dept", "it"));
        Map<String, Object> config = client(shortSessions, "carol");
        config.put("retries", 0);
        config.put("enable.idempotence", false);
        try (KafkaProducer<String, String> producer = Clients.producer(config)) {
            producer.send(new ProducerRecord<>(topic, "first")).get(20, TimeUnit.SECONDS);
            double accepted = shortSessions.metric("gatehouse_connections_accepted_total");
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SecuredKafka.SESSION_MILLIS + 1_000);
            while (System.nanoTime() < end) {
                producer.send(new ProducerRecord<>(topic, "value")).get(20, TimeUnit.SECONDS);
            }
            assertThat(shortSessions.metric("gatehouse_connections_accepted_total"))
                    .isLessThanOrEqualTo(accepted + 1);
        }
    }

    private static Map<String, Object> client(TestGateway at, String user) {
        Map<String, Object> config = new HashMap<>(kafka.provider().client(user, user));
        config.put("bootstrap.servers", at.bootstrapServers());
        return config;
    }

    private static int describe(Map<String, Object> config) throws Exception {
        try (Admin admin = Admin.create(config)) {
            return admin.describeCluster().nodes().get(20, TimeUnit.SECONDS).size();
        }
    }
}
