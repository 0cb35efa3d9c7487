/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.CreateDelegationTokenResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients authenticate at their brokers, through a gateway that has no credentials there and learns who they are. */
class DelegatedIT {

    private static final Duration PROMPTLY = Duration.ofSeconds(5);

    @RegisterExtension
    static final SecuredKafka kafka = new SecuredKafka();

    @TempDir
    private Path jars;

    private static TestGateway gateway;
    private static TestGateway shortSessions;

    @BeforeAll
    static void start() {
        gateway = kafka.gateway(SecuredKafka.SASL, Map.of())
                .authentication("[{type: delegated}]")
                .resource("users.yaml", """
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: team-a}
                        spec: {cluster: local}
                        ---
                        apiVersion: gatehouse/v1
                        kind: UserMapping
                        metadata: {name: bob}
                        spec: {principal: bob, username: robert, virtualCluster: team-a}
                        ---
                        apiVersion: gatehouse/v1
                        kind: UserMapping
                        metadata: {name: gateway}
                        spec: {principal: gateway, virtualCluster: team-a}
                        """)
                .start();
        shortSessions = kafka.gateway(SecuredKafka.SHORT, Map.of())
                .authentication("[{type: delegated}]")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        shortSessions.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"})
    void theBrokerKnowsTheClientAndTheGatewayKnowsItToo(String mechanism) throws Exception {
        String topic = "only-alice-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 2, 2);
        allow("User:alice", topic);

        try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login")) {
            try (KafkaProducer<String, String> producer = Clients.producer(client(gateway, mechanism, "alice"))) {
                for (int i = 0; i < 20; i++) {
                    producer.send(new ProducerRecord<>(topic, "key" + i, "value" + i))
                            .get(20, TimeUnit.SECONDS);
                }
            }
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .contains("authentication success", "method " + mechanism, "alice")
                            .doesNotContain("secret"));
        }
        assertThat(Clients.readAll(client(gateway, mechanism, "alice"), topic)).hasSize(20);
        try (KafkaProducer<String, String> producer = Clients.producer(client(gateway, mechanism, "bob"))) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, "from bob"))
                            .get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void theClientOfTheDocumentationIsLetIn() throws Exception {
        Map<String, Object> config = DocumentedClient.of("## The broker's own: `delegated`");
        config.replace("security.protocol", "SASL_SSL", "SASL_PLAINTEXT");
        config.computeIfPresent(
                "sasl.jaas.config", (key, value) -> value.toString().replace("\"...\"", "\"bob-secret\""));
        config.put("bootstrap.servers", gateway.bootstrapServers());

        try (Admin admin = Admin.create(config)) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(2);
        }
    }

    @Test
    void userMappingsApply() throws Exception {
        try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login");
                Admin admin = Admin.create(client(gateway, "SCRAM-SHA-256", "bob"))) {
            assertThat(admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                    .isEqualTo("team-a@" + kafka.cluster().clusterId());
            assertThat(log.lines()).anySatisfy(line -> assertThat(line).contains("success", "robert", "bob", "team-a"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-512", "OAUTHBEARER"})
    void whomTheBrokerRefusesIsRefused(String mechanism) {
        Map<String, Object> config = client(gateway, mechanism, "alice");
        if (mechanism.equals("OAUTHBEARER")) {
            kafka.provider().extraClaims(Map.of("aud", "payroll"));
        } else {
            config.putAll(SecuredKafka.credentials(mechanism, "alice", "guess"));
        }
        try (Admin admin = Admin.create(config)) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        } finally {
            kafka.provider().extraClaims(Map.of());
        }
    }

    @Test
    void aDelegationTokensIdIsNobodysName() throws Exception {
        try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login");
                RawKafkaClient client = RawRequests.connect(gateway)) {
            handshake(client, "SCRAM-SHA-256");
            SaslAuthenticateResponseData answer = authenticate(client, "n,,n=alice,r=nonce,tokenauth=true");

            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            assertThat(log.lines()).anySatisfy(line -> assertThat(line).contains("failure", "tokenauth"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob\0alice\0alice-secret", "\0alice", "\0\0", "alice\0alice\0alice-secret\0"})
    void whatTheBrokerMightReadOtherwiseIsRefused(String message) throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            handshake(client, "PLAIN");

            assertThat(authenticate(client, message).errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void onlyWhatIsObservedAndTheBrokerHasIsOffered() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            SaslHandshakeResponseData answer = handshake(client, "GSSAPI");
            assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM.code());
            assertThat(answer.mechanisms()).containsExactly("OAUTHBEARER", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
        }
        try (RawKafkaClient client = RawRequests.connect(shortSessions)) {
            SaslHandshakeResponseData answer = handshake(client, "SCRAM-SHA-512");
            assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM.code());
            assertThat(answer.mechanisms()).containsExactly("OAUTHBEARER", "PLAIN", "SCRAM-SHA-256");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    /** Whoever has a delegation token would be its owner by a name that the gateway cannot know. */
    @Test
    void delegationTokensAreNeitherOfferedNorForwarded() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(client.saslPlain("alice", "alice-secret").errorCode()).isZero();

            ApiVersionsResponseData offered =
                    client.exchange(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1, "raw");
            CreateDelegationTokenResponseData answer = client.exchange(
                    ApiKeys.CREATE_DELEGATION_TOKEN, 3, new CreateDelegationTokenRequestData(), 2, "raw");

            assertThat(offered.apiKeys())
                    .noneMatch(api -> ApiKeys.forId(api.apiKey()).name().contains("DELEGATION_TOKEN"));
            assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        }
    }

    @Test
    void nothingElseMayComeBeforeTheBrokerHasSpoken() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            handshake(client, "SCRAM-SHA-256");
            SaslAuthenticateResponseData first = authenticate(client, "n,,n=alice,r=nonce");
            assertThat(first.errorCode()).isZero();

            client.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void aClientAtThePortOfAnUnknownNodeIsRoutedWhenItComesAgain() throws Exception {
        try (TestGateway fresh = kafka.gateway(SecuredKafka.SASL, Map.of())
                .authentication("[{type: delegated}]")
                .start()) {
            try (RawKafkaClient client = RawRequests.connect(fresh, 2)) {
                handshake(client, "PLAIN");
                client.send(
                        ApiKeys.SASL_AUTHENTICATE,
                        2,
                        new SaslAuthenticateRequestData().setAuthBytes(bytes("\0alice\0alice-secret")),
                        2,
                        "raw");
                assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            }
            try (RawKafkaClient client = RawRequests.connect(fresh, 2)) {
                assertThat(client.saslPlain("alice", "alice-secret").errorCode())
                        .isZero();
                ListGroupsResponseData answer =
                        client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
                assertThat(answer.errorCode()).isZero();
            }
            try (RawKafkaClient client = RawRequests.connect(fresh, 7)) {
                handshake(client, "PLAIN");
                client.send(
                        ApiKeys.SASL_AUTHENTICATE,
                        2,
                        new SaslAuthenticateRequestData().setAuthBytes(bytes("\0alice\0alice-secret")),
                        2,
                        "raw");
                assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            }
        }
    }

    @Test
    void clientsAuthenticateAnewAtTheirBrokersOnTheSameConnections() throws Exception {
        String topic = "anew-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 2, 2);
        Map<String, Object> config = client(shortSessions, "SCRAM-SHA-256", "alice");
        config.put("retries", 0);
        config.put("enable.idempotence", false);
        double authenticated =
                RawRequests.metric(shortSessions, "gatehouse_authentications_total", "outcome=\"success\"");
        try (KafkaProducer<String, String> producer = Clients.producer(config)) {
            producer.send(new ProducerRecord<>(topic, "first")).get(20, TimeUnit.SECONDS);
            double accepted = shortSessions.metric("gatehouse_connections_accepted_total");
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * SecuredKafka.SESSION_MILLIS + 500);
            for (int i = 0; System.nanoTime() < end; i++) {
                producer.send(new ProducerRecord<>(topic, "key" + i, "value")).get(20, TimeUnit.SECONDS);
            }
            // Three connections at most: one to each node, and the first one to the bootstrap port.
            assertThat(shortSessions.metric("gatehouse_connections_accepted_total"))
                    .isLessThanOrEqualTo(accepted + 1);
            assertThat(RawRequests.metric(shortSessions, "gatehouse_authentications_total", "outcome=\"success\""))
                    .isGreaterThanOrEqualTo(authenticated + 3 + 2);
        }
    }

    @Test
    void whoAuthenticatesAnewIsTheSameOrNobody() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(shortSessions)) {
            assertThat(client.saslPlain("alice", "alice-secret").errorCode()).isZero();
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            // Brokers refuse to authenticate anew within a second.
            TimeUnit.MILLISECONDS.sleep(1_100);

            SaslAuthenticateResponseData answer = client.saslPlain("bob", "bob-secret");

            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(answer.errorMessage()).contains("principal");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void aclCommandsAreTheBrokersToAnswerAlsoInAVirtualCluster() throws Exception {
        List<AclBinding> onlyForNobody = List.of(new AclBinding(
                new ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL),
                new AccessControlEntry("User:nobody", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW)));
        try (Admin bob = Admin.create(client(gateway, "PLAIN", "bob"));
                Admin superuser = Admin.create(client(gateway, "PLAIN", "gateway"))) {
            assertThat(superuser.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                    .startsWith("team-a@");
            assertThat(superuser.describeAcls(AclBindingFilter.ANY).values().get(20, TimeUnit.SECONDS))
                    .isNotNull();
            kafka.cluster().admin().createAcls(onlyForNobody).all().get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() ->
                            bob.describeAcls(AclBindingFilter.ANY).values().get(20, TimeUnit.SECONDS))
                    .as("what the broker says, and not that ACLs are disabled")
                    .hasCauseInstanceOf(ClusterAuthorizationException.class);
        } finally {
            kafka.cluster()
                    .admin()
                    .deleteAcls(List.of(onlyForNobody.get(0).toFilter()))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aPluginMayObserveAnotherMechanism() throws Exception {
        try (ScriptedBroker broker = new ScriptedBroker()) {
            broker.on(
                    ApiKeys.SASL_HANDSHAKE,
                    (request, connection) -> connection.respond(
                            request,
                            new SaslHandshakeResponseData().setMechanisms(List.of(WhisperObserverFactory.MECHANISM))));
            broker.on(ApiKeys.SASL_AUTHENTICATE, (request, connection) -> {
                SaslAuthenticateRequestData message = (SaslAuthenticateRequestData) request.body();
                boolean known = new String(message.authBytes(), StandardCharsets.UTF_8).equals("carol");
                connection.respond(
                        request,
                        new SaslAuthenticateResponseData()
                                .setErrorCode(known ? (short) 0 : Errors.SASL_AUTHENTICATION_FAILED.code()));
            });
            try (TestGateway whispers = TestGateway.inFrontOf(broker.bootstrapServers())
                            .clusterProperties(", security.protocol: SASL_PLAINTEXT")
                            .authentication("[{type: delegated}]")
                            .plugin(PluginJar.withId("whisper")
                                    .extension(WhisperObserverFactory.class)
                                    .writeTo(jars))
                            .start();
                    CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login")) {
                for (String name : List.of("carol", "dave", "mallory")) {
                    try (RawKafkaClient client = RawRequests.connect(whispers)) {
                        SaslHandshakeResponseData offered = handshake(client, WhisperObserverFactory.MECHANISM);
                        assertThat(offered.mechanisms()).containsExactly(WhisperObserverFactory.MECHANISM);
                        assertThat(authenticate(client, name).errorCode() == 0).isEqualTo(name.equals("carol"));
                    }
                }
                await().untilAsserted(() -> assertThat(log.lines())
                        .anySatisfy(line -> assertThat(line).contains("success", "WHISPER", "carol")));
            }
        }
    }

    @Test
    void waysThatDoNotFitTheClusterAreRefusedAtStart() {
        assertThatThrownBy(() -> TestGateway.inFrontOf("localhost:9092")
                        .authentication("[{type: delegated}]")
                        .start())
                .hasMessageContaining("listeners[0].authentication[0]: delegated")
                .hasMessageContaining("SASL_SSL");
        assertThatThrownBy(() -> kafka.gateway(SecuredKafka.SASL, Map.of())
                        .accounts("alice")
                        .start())
                .hasMessageContaining("listeners[0].authentication[0]: plain")
                .hasMessageContaining("sasl.jaas.config");
        assertThatThrownBy(() -> kafka.gateway(SecuredKafka.SASL, Map.of())
                        .authentication("[{type: delegated, mechanisms: [GSSAPI]}]")
                        .start())
                .hasMessageContaining("mechanisms: GSSAPI");
    }

    private static void allow(String principal, String topic) throws Exception {
        AclBinding binding = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry(principal, "*", AclOperation.ALL, AclPermissionType.ALLOW));
        kafka.cluster().admin().createAcls(List.of(binding)).all().get(20, TimeUnit.SECONDS);
    }

    private static SaslHandshakeResponseData handshake(RawKafkaClient client, String mechanism) throws IOException {
        return client.exchange(
                ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism(mechanism), 1, "raw");
    }

    private static SaslAuthenticateResponseData authenticate(RawKafkaClient client, String message) throws IOException {
        return client.exchange(
                ApiKeys.SASL_AUTHENTICATE, 2, new SaslAuthenticateRequestData().setAuthBytes(bytes(message)), 2, "raw");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> client(TestGateway gateway, String mechanism, String user) {
        Map<String, Object> config = new HashMap<>();
        if (mechanism.equals("OAUTHBEARER")) {
            config.putAll(kafka.provider().client(user, user));
        } else {
            config.put("security.protocol", "SASL_PLAINTEXT");
            config.putAll(SecuredKafka.credentials(mechanism, user));
        }
        config.put("bootstrap.servers", gateway.bootstrapServers());
        return config;
    }
}
