/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kafka's own clients as users with rights, whose rights change by ACL commands while they work. */
class AclIT {

    private static final String ACL = """
            apiVersion: gatehouse/v1
            kind: Interceptor
            metadata: {name: acl}
            spec: {type: acl, priority: 500, scope: {all: true}, config: {superUsers: ["User:admin"]%s}}
            """;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;
    private static Admin admin;

    private final String run = "acl-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("admin", "alice", "bob")
                .plugin(TestGateway.jarOf("plugins/acl"))
                .resource("interceptor.yaml", ACL.formatted(""))
                .start();
        admin = Admin.create(Clients.as(gateway.bootstrapServers(), "admin"));
    }

    @AfterAll
    static void stop() {
        admin.close();
        gateway.close();
    }

    @Test
    void aPatternReachesWhatTheUserMayDescribeAndMoreWhenMoreIsAllowed() throws Exception {
        String group = run + "-group";
        topic(run + "-in-open");
        topic(run + "-in-closed");
        allow("alice", AclOperation.READ, ResourceType.TOPIC, run + "-in-open", PatternType.LITERAL);
        allow("alice", AclOperation.READ, ResourceType.GROUP, group, PatternType.LITERAL);

        try (KafkaConsumer<String, String> consumer =
                consumer("alice", Map.of("group.id", group, "group.protocol", "consumer"))) {
            consumer.subscribe(new SubscriptionPattern(run + "-.*(open|closed)"));
            Set<String> before = topicsRead(consumer, 1);
            allow("alice", AclOperation.READ, ResourceType.TOPIC, run + "-in-", PatternType.PREFIXED);
            Set<String> after = topicsRead(consumer, 1);

            assertThat(before).containsExactly(run + "-in-open");
            assertThat(after).containsExactly(run + "-in-closed");
        }
    }

    @Test
    void aRightThatIsTakenAwayEndsWhatIsReadOfThatTopicAndNotOfOthers() throws Exception {
        List<String> topics = List.of(run + "-a", run + "-b");
        for (String name : topics) {
            topic(name);
            allow("alice", AclOperation.READ, ResourceType.TOPIC, name, PatternType.LITERAL);
        }
        try (KafkaConsumer<String, String> consumer = consumer("alice", Map.of())) {
            consumer.assign(
                    topics.stream().map(name -> new TopicPartition(name, 0)).toList());
            Set<String> before = topicsRead(consumer, 2);
            admin.deleteAcls(List.of(filter("alice", run + "-b"))).all().get(30, TimeUnit.SECONDS);

            assertThat(before).containsExactlyInAnyOrderElementsOf(topics);
            assertThatThrownBy(() -> await().atMost(Duration.ofSeconds(20))
                            .until(() -> consumer.poll(Duration.ofMillis(100)).count() > 100))
                    .isInstanceOf(TopicAuthorizationException.class)
                    .hasMessageContaining(run + "-b");
            consumer.assign(List.of(new TopicPartition(run + "-a", 0)));
            produce("admin", run + "-a");
            assertThat(topicsRead(consumer, 1)).containsExactly(run + "-a");
        }
    }

    @Test
    void aProducerNeedsNoMoreThanWriteOnItsTopic() throws Exception {
        topic(run);
        allow("alice", AclOperation.WRITE, ResourceType.TOPIC, run, PatternType.LITERAL);

        produce("alice", run);

        assertThatThrownBy(() -> produce("alice", run + "-other"))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void aclsAreListedAndChangedByWhoMayDoSoOnTheCluster() throws Exception {
        allow("alice", AclOperation.READ, ResourceType.TOPIC, run, PatternType.LITERAL);
        try (Admin bob = Admin.create(Clients.as(gateway.bootstrapServers(), "bob"))) {
            assertThat(admin.describeAcls(filter("alice", run)).values().get(30, TimeUnit.SECONDS))
                    .hasSize(1);
            assertThatThrownBy(() ->
                            bob.describeAcls(AclBindingFilter.ANY).values().get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ClusterAuthorizationException.class);
            assertThatThrownBy(() -> bob.createAcls(List.of(
                                    binding("bob", AclOperation.ALL, ResourceType.TOPIC, "*", PatternType.LITERAL)))
                            .all()
                            .get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ClusterAuthorizationException.class);
        }
    }

    @Test
    void nothingOfWhoMayDoEverythingIsDecoded() throws Exception {
        topic(run);
        try (KafkaProducer<String, String> producer =
                        Clients.producer(Clients.as(gateway.bootstrapServers(), "admin"));
                KafkaConsumer<String, String> consumer = consumer("admin", Map.of())) {
            consumer.assign(List.of(new TopicPartition(run, 0)));
            topicsRead(consumer, 1);
            producer.send(new ProducerRecord<>(run, "warm", "up")).get(30, TimeUnit.SECONDS);
            long before = decoded();
            for (int i = 0; i < 200; i++) {
                producer.send(new ProducerRecord<>(run, "k", "v")).get(30, TimeUnit.SECONDS);
                consumer.poll(Duration.ofMillis(1));
            }

            assertThat(decoded() - before).isLessThan(20);
        }
    }

    @Test
    void withoutTheJarOrWithABrokenConfigNobodyInTheScopePassesAndOthersDo() throws Exception {
        String resource = ACL.replace("{all: true}", "{username: alice}");
        try (TestGateway own = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice", "bob")
                .plugin(TestGateway.jarOf("plugins/acl"))
                .resource("interceptor.yaml", resource.formatted(""))
                .resource(
                        "acl.yaml",
                        AclOracleIT.yaml(
                                "all",
                                binding("alice", AclOperation.ALL, ResourceType.TOPIC, "*", PatternType.LITERAL)))
                .start()) {
            topic(run);
            assertThat(canList(own, "alice")).isTrue();

            own.writeResources("interceptor.yaml", resource.formatted(", mode: enforced"));
            await().atMost(Duration.ofSeconds(20)).until(() -> !canList(own, "alice"));
            assertThat(canList(own, "bob")).isTrue();

            own.writeResources("interceptor.yaml", resource.formatted(""));
            await().atMost(Duration.ofSeconds(20)).until(() -> canList(own, "alice"));
            own.removePlugin(TestGateway.jarOf("plugins/acl"));
            await().atMost(Duration.ofSeconds(20)).until(() -> !canList(own, "alice"));
            assertThat(canList(own, "bob")).isTrue();
        }
    }

    private static boolean canList(TestGateway gateway, String user) {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), user);
        config.put("default.api.timeout.ms", 1_500);
        config.put("request.timeout.ms", 1_000);
        try (Admin client = Admin.create(config)) {
            client.listTopics().names().get(5, TimeUnit.SECONDS);
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private static long decoded() {
        return gateway.gatehouse().codec().decodedRequests()
                + gateway.gatehouse().codec().decodedResponses();
    }

    private static void topic(String name) throws Exception {
        kafka.cluster().createTopic(name, 1, 1);
        produce("admin", name);
    }

    private static void produce(String user, String topic) throws Exception {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), user);
        config.put("max.block.ms", 10_000);
        try (KafkaProducer<String, String> producer = Clients.producer(config)) {
            producer.send(new ProducerRecord<>(topic, "key", "value")).get(30, TimeUnit.SECONDS);
        }
    }

    private static KafkaConsumer<String, String> consumer(String user, Map<String, Object> more) {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), user);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        config.putAll(more);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    /** Reads until so many topics have yielded something, or for 20 s. */
    private static Set<String> topicsRead(KafkaConsumer<String, String> consumer, int topics) {
        Set<String> read = new HashSet<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (read.size() < topics && System.nanoTime() < deadline) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                read.add(record.topic());
            }
        }
        return read;
    }

    private static void allow(String user, AclOperation operation, ResourceType type, String name, PatternType pattern)
            throws Exception {
        admin.createAcls(List.of(binding(user, operation, type, name, pattern)))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    private static AclBinding binding(
            String user, AclOperation operation, ResourceType type, String name, PatternType pattern) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    private static AclBindingFilter filter(String user, String topic) {
        return binding(user, AclOperation.READ, ResourceType.TOPIC, topic, PatternType.LITERAL)
                .toFilter();
    }
}
