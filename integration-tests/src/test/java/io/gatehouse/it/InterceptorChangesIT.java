/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Which interceptors apply to whom, and what becomes of live connections when that changes. */
class InterceptorChangesIT {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    Path jars;

    private TestGateway gateway;
    private String topic;

    @BeforeEach
    void topic() {
        topic = "interceptor-changes-" + TOPICS.incrementAndGet();
        kafka.cluster().createTopic(topic, 1, 1);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void theMostSpecificOfAPolicyWinsAndPrioritiesOrderTheRest() throws Exception {
        start(
                """
                apiVersion: gatehouse/v1
                kind: VirtualCluster
                metadata: {name: team}
                spec: {cluster: local}
                ---
                apiVersion: gatehouse/v1
                kind: UserMapping
                metadata: {name: alice}
                spec: {principal: alice, virtualCluster: team, groups: [writers]}
                ---
                apiVersion: gatehouse/v1
                kind: UserMapping
                metadata: {name: carol}
                spec: {principal: carol, virtualCluster: team}
                ---
                apiVersion: gatehouse/v1
                kind: Group
                metadata: {name: testers}
                spec: {members: [bob]}
                """,
                interceptor("slot-all", "policy: slot, scope: {all: true}", "all"),
                interceptor("slot-vc", "policy: slot, scope: {virtualCluster: team}", "vc"),
                interceptor("slot-group", "policy: slot, scope: {group: testers}", "group"),
                interceptor("slot-vcgroup", "policy: slot, scope: {virtualCluster: team, group: writers}", "vcgroup"),
                interceptor("slot-user", "policy: slot, scope: {username: dave}", "user"),
                interceptor("slot-off", "policy: slot, enabled: false, scope: {username: erin}", "off"),
                interceptor("early", "priority: 10, scope: {all: true}", "early"),
                interceptor("late", "priority: 5000, scope: {all: true}", "late"),
                interceptor("law", "policy: law, final: true, priority: 20, scope: {all: true}", "law"),
                interceptor(
                        "law-alice", "policy: law, priority: 20, enabled: false, scope: {username: alice}", "none"));

        assertThat(met("alice")).containsExactly("early", "law", "vcgroup", "late");
        assertThat(met("bob")).containsExactly("early", "law", "group", "late");
        assertThat(met("carol")).containsExactly("early", "law", "vc", "late");
        assertThat(met("dave")).containsExactly("early", "law", "user", "late");
        assertThat(met("erin")).containsExactly("early", "law", "late");
        assertThat(met("frank")).containsExactly("early", "law", "all", "late");
    }

    @Test
    void interceptorsComeChangeAndGoOnLiveConnections() throws Exception {
        start(interceptor("one", "scope: {username: alice}", "first"));
        try (KafkaProducer<String, String> alice = producer("alice");
                KafkaProducer<String, String> bob = producer("bob")) {
            assertThat(met(alice)).containsExactly("first");
            assertThat(met(bob)).isEmpty();
            double accepted = gateway.metric("gatehouse_connections_accepted_total");

            write(interceptor("one", "scope: {username: alice}", "changed"));
            awaitMet(alice, "changed");

            write(
                    interceptor("one", "scope: {username: alice}", "changed"),
                    interceptor("two", "scope: {all: true}", "both"));
            awaitMet(alice, "changed", "both");
            awaitMet(bob, "both");

            write();
            awaitMet(alice);
            awaitMet(bob);

            assertThat(gateway.metric("gatehouse_connections_accepted_total"))
                    .as("connections that clients opened, so also those that they had to open again")
                    .isEqualTo(accepted);
        }
    }

    @Test
    void mappingsAndGroupsChangeTheChainOfLiveConnections() throws Exception {
        start(
                interceptor("readers", "scope: {group: readers}", "readers"),
                interceptor("queen", "scope: {username: queen}", "queen"));
        try (KafkaProducer<String, String> alice = producer("alice")) {
            assertThat(met(alice)).isEmpty();
            double accepted = gateway.metric("gatehouse_connections_accepted_total");

            gateway.writeResources("group.yaml", """
                    {apiVersion: gatehouse/v1, kind: Group, metadata: {name: readers}, spec: {members: [alice]}}
                    """);
            awaitMet(alice, "readers");

            gateway.writeResources("mapping.yaml", """
                    {apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: alice}, spec: {principal: alice, username: queen}}
                    """);
            awaitMet(alice, "queen", "readers");

            gateway.deleteResources("group.yaml");
            awaitMet(alice, "queen");

            assertThat(gateway.metric("gatehouse_connections_accepted_total")).isEqualTo(accepted);
        }
    }

    @Test
    void aNewVersionOfAPluginServesTheNextRequestsAndNoClientNotices() throws Exception {
        start(interceptor("one", "scope: {all: true}", "text"));
        try (KafkaProducer<String, String> alice = producer("alice")) {
            assertThat(versions(alice)).containsExactly("1.0.0");
            double accepted = gateway.metric("gatehouse_connections_accepted_total");

            gateway.dropPlugin(StampPlugin.jar(jars, "1.1.0"));

            Awaitility.await()
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> versions(alice).equals(List.of("1.1.0")));
            assertThat(gateway.metric("gatehouse_connections_accepted_total")).isEqualTo(accepted);
        }
        List<List<String>> versions = Clients.readAll(kafka.bootstrapServers(), topic).stream()
                .map(InterceptorChangesIT::version)
                .toList();
        assertThat(versions).containsOnly(List.of("1.0.0"), List.of("1.1.0"));
        assertThat(versions.lastIndexOf(List.of("1.0.0"))).isLessThan(versions.indexOf(List.of("1.1.0")));
    }

    @Test
    void aMissingTypeRefusesItsScopeOnlySaysSoAndHeals() throws Exception {
        startWithoutPlugin(interceptor("one", "scope: {username: alice}", "text"));

        assertRefused("alice");
        assertThat(met("bob")).isEmpty();
        assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(503);
        assertThat(gateway.management("/health/ready").body())
                .contains("interceptor one: type: stamp (expected: a type that a loaded plugin offers)");
        assertThat(gateway.metric("gatehouse_interceptors_failed")).isEqualTo(1);

        try (KafkaProducer<String, String> waiting = producer("alice")) {
            var sent = waiting.send(new ProducerRecord<>(topic, "alice"));
            gateway.dropPlugin(StampPlugin.jar(jars, "1.0.0"));

            assertThat(sent).succeedsWithin(Duration.ofSeconds(30));
        }
        assertThat(met("alice")).containsExactly("text");
        assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void aTypeThatGoesClosesTheConnectionsOfItsScopeBeforeTheirNextRequest() throws Exception {
        start(interceptor("one", "scope: {username: alice}", "text"));
        try (RawKafkaClient alice = connect("alice");
                RawKafkaClient bob = connect("bob")) {
            assertThat(brokersSeenBy(alice, 1)).isEqualTo(3);
            assertThat(brokersSeenBy(bob, 1)).isEqualTo(3);

            gateway.removePlugin(Path.of("stamp.jar"));
            Awaitility.await().until(() -> gateway.management("/health/ready").statusCode() == 503);

            alice.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 2, "raw");
            assertThat(alice.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
            assertThat(brokersSeenBy(bob, 2)).isEqualTo(3);
        }
    }

    @Test
    void aConfigThatIsWrongRefusesItsScopeOnlyAndSaysWhere() throws Exception {
        start(
                interceptor("empty", "scope: {username: alice}", "\"\""),
                "{apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: typo}, spec: {type: stamp, scope: {username: carol}, config: {texd: x}}}");

        assertRefused("alice");
        assertRefused("carol");
        assertThat(met("bob")).isEmpty();
        assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(503);
        assertThat(gateway.management("/health/ready").body())
                .contains("interceptor empty", "text: empty (expected: something to leave on records)")
                .contains("interceptor typo", "spec.config.texd", "did you mean", "text");

        write(interceptor("empty", "scope: {username: alice}", "full"));

        Awaitility.await().until(() -> gateway.management("/health/ready").statusCode() == 200);
        assertThat(met("alice")).containsExactly("full");
    }

    @Test
    void anInterceptorThatCannotSubscribeRefusesItsScopeOnly() throws Exception {
        start(interceptor("broken", "scope: {username: alice}", "text, breaks: true"));

        assertRefused("alice");
        assertThat(met("bob")).isEmpty();
        assertThat(gateway.metric("gatehouse_plugin_failures_total")).isGreaterThan(0);
    }

    @Test
    void anInterceptorForAllThatCannotSubscribeRefusesEverybodyWithoutAnAnswer() throws Exception {
        start(interceptor("broken", "scope: {all: true}", "text, breaks: true"));

        assertRefused("bob");
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            client.send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1, "raw");
            assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
        }
    }

    // ---- the gateway

    private void start(String... resources) {
        gateway = description(resources).plugin(StampPlugin.jar(jars, "1.0.0")).start();
    }

    private void startWithoutPlugin(String... resources) {
        gateway = description(resources).start();
    }

    private static TestGateway.Builder description(String... resources) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice", "bob", "carol", "dave", "erin", "frank")
                .resource("policies.yaml", String.join("\n---\n", resources));
    }

    private void write(String... resources) {
        gateway.writeResources("policies.yaml", String.join("\n---\n", resources));
    }

    private static String interceptor(String name, String spec, String text) {
        return "{apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: %s}, spec: {type: stamp, %s, config: {text: %s}}}"
                .formatted(name, spec, text);
    }

    // ---- clients

    private KafkaProducer<String, String> producer(String user) {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), user);
        config.put("connections.max.idle.ms", 600_000);
        return Clients.producer(config);
    }

    private List<String> met(String user) throws Exception {
        try (KafkaProducer<String, String> producer = producer(user)) {
            return met(producer);
        }
    }

    /** Which interceptors a record meets that is sent now. */
    private List<String> met(KafkaProducer<String, String> producer) throws Exception {
        return Clients.headers(sent(producer), StampInterceptorFactory.HEADER).stream()
                .map(value -> value.substring(0, value.indexOf(':')))
                .toList();
    }

    private List<String> versions(KafkaProducer<String, String> producer) throws Exception {
        return version(sent(producer));
    }

    private static List<String> version(ConsumerRecord<String, String> record) {
        return Clients.headers(record, StampInterceptorFactory.HEADER).stream()
                .map(value -> value.substring(value.indexOf(':') + 1))
                .toList();
    }

    private ConsumerRecord<String, String> sent(KafkaProducer<String, String> producer) throws Exception {
        long offset = producer.send(new ProducerRecord<>(topic, "value"))
                .get(30, TimeUnit.SECONDS)
                .offset();
        List<ConsumerRecord<String, String>> all = new ArrayList<>(Clients.readAll(kafka.bootstrapServers(), topic));
        return all.stream()
                .filter(record -> record.offset() == offset)
                .findFirst()
                .orElseThrow();
    }

    private void awaitMet(KafkaProducer<String, String> producer, String... expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(met(producer)).containsExactly(expected));
    }

    private RawKafkaClient connect(String user) throws Exception {
        RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort());
        assertThat(client.saslPlain(user, user).errorCode()).isZero();
        return client;
    }

    private static int brokersSeenBy(RawKafkaClient client, int correlationId) throws Exception {
        client.send(ApiKeys.METADATA, 9, new MetadataRequestData(), correlationId, "raw");
        MetadataResponseData response = client.receive(ApiKeys.METADATA, 9, correlationId);
        return response.brokers().size();
    }

    /** Closed without an answer, which clients retry, and not with an authentication error, which ends them. */
    private void assertRefused(String user) throws Exception {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> client.saslPlain(user, user))
                    .isInstanceOf(java.io.EOFException.class);
        }
    }
}
