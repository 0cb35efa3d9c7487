/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.KafkaTools.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tools that come with Kafka, in a hiding namespace: they do what they do without one, name no prefix and nothing of another tenant, and
 * what is the cluster's is refused in words and at once.
 */
class NamespaceToolsIT {

    private static final String TENANT = "tooled";
    private static final String OTHER = "elsewhere";

    @RegisterExtension
    static final Tenants tenants = Tenants.of(1, tenant -> "", TENANT, OTHER);

    @TempDir
    private Path folder;

    private KafkaTools tools;

    @BeforeAll
    static void anotherTenantHasSomethingOfEveryKind() throws Exception {
        try (Admin other = tenants.admin(OTHER);
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        tenants.client(OTHER, "transactional.id", "foreign-transaction"),
                        new StringSerializer(),
                        new StringSerializer())) {
            other.createTopics(List.of(new NewTopic("foreign-topic", 1, (short) 1)))
                    .all()
                    .get();
            // The broker may not know yet what the controller has created.
            await().ignoreExceptions()
                    .untilAsserted(() -> other.alterConsumerGroupOffsets(
                                    "foreign-group",
                                    Map.of(new TopicPartition("foreign-topic", 0), new OffsetAndMetadata(0)))
                            .all()
                            .get());
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("foreign-topic", "foreign"));
            producer.commitTransaction();
        }
    }

    @BeforeEach
    void tenantHasTools() {
        tools = new KafkaTools(folder, tenants.client(TENANT));
    }

    /** Runs a tool, which must end well and name nothing that the tenant does not know. */
    private String run(String tool, String... arguments) throws Exception {
        return shown(tools.run(tool, arguments));
    }

    private static String shown(String output) {
        return assertThat(output)
                .doesNotContain(tenants.prefix(TENANT))
                .doesNotContain("foreign")
                .doesNotContain(OTHER)
                .actual();
    }

    @Test
    void kafkaTopics() throws Exception {
        run(
                "kafka-topics",
                "--create",
                "--topic",
                "tooled-topic",
                "--partitions",
                "2",
                "--config",
                "retention.ms=98765");
        run("kafka-topics", "--alter", "--topic", "tooled-topic", "--partitions", "3");

        assertThat(run("kafka-topics", "--list").lines()).contains("tooled-topic");
        assertThat(run("kafka-topics", "--describe", "--topic", "tooled-.*"))
                .contains("Topic: tooled-topic", "PartitionCount: 3", "retention.ms=98765");
        try (Admin direct = tenants.direct()) {
            await().untilAsserted(() ->
                    assertThat(direct.listTopics().names().get()).contains(tenants.prefix(TENANT) + "tooled-topic"));
        }
        run("kafka-topics", "--delete", "--topic", "tooled-topic");
        try (Admin direct = tenants.direct()) {
            await().untilAsserted(() -> assertThat(direct.listTopics().names().get())
                    .doesNotContain(tenants.prefix(TENANT) + "tooled-topic"));
        }
    }

    @Test
    void theConsole() throws Exception {
        create("console");
        tools.run("one\ntwo\nthree\n", "kafka-console-producer", List.of("--topic", "console"));

        assertThat(run(
                                "kafka-console-consumer",
                                "--topic",
                                "console",
                                "--from-beginning",
                                "--group",
                                "console-readers",
                                "--max-messages",
                                "3")
                        .lines())
                .contains("one", "two", "three");
    }

    @Test
    @Tag("full")
    void theConsoleByPatternAndInAShareGroup() throws Exception {
        create("pattern-1", "pattern-2", "else");
        tools.run("one\n", "kafka-console-producer", List.of("--topic", "pattern-1"));
        tools.run("two\n", "kafka-console-producer", List.of("--topic", "pattern-2"));
        tools.run("three\n", "kafka-console-producer", List.of("--topic", "else"));
        run(
                "kafka-configs",
                "--alter",
                "--entity-type",
                "groups",
                "--entity-name",
                "console-sharers",
                "--add-config",
                "share.auto.offset.reset=earliest");

        assertThat(run("kafka-console-consumer", "--include", "^pattern-.*", "--from-beginning", "--max-messages", "2")
                        .lines())
                .contains("one", "two");
        assertThat(run(
                                "kafka-console-share-consumer",
                                "--topic",
                                "else",
                                "--group",
                                "console-sharers",
                                "--max-messages",
                                "1")
                        .lines())
                .contains("three");
    }

    @Test
    @Tag("full")
    void kafkaConfigs() throws Exception {
        create("configured");
        String[] topic = {"--entity-type", "topics", "--entity-name", "configured"};
        String[] group = {"--entity-type", "groups", "--entity-name", "configured-group"};

        run("kafka-configs", with(topic, "--alter", "--add-config", "retention.ms=87654"));
        run("kafka-configs", with(group, "--alter", "--add-config", "consumer.session.timeout.ms=50000"));

        assertThat(run("kafka-configs", with(topic, "--describe"))).contains("retention.ms=87654");
        assertThat(run("kafka-configs", "--describe", "--entity-type", "topics"))
                .contains("configured");
        assertThat(run("kafka-configs", with(group, "--describe"))).contains("consumer.session.timeout.ms=50000");
        assertThat(run("kafka-configs", "--describe", "--entity-type", "groups"))
                .contains("configured-group");
        run("kafka-configs", with(topic, "--alter", "--delete-config", "retention.ms"));
        assertThat(run("kafka-configs", with(topic, "--describe"))).doesNotContain("87654");
        assertRefused(
                tools.tryTo(
                        "kafka-configs",
                        with(topic, "--alter", "--add-config", "leader.replication.throttled.replicas=*")),
                "cannot be set here");
    }

    @Test
    @Tag("full")
    void kafkaConsumerGroups() throws Exception {
        create("grouped");
        produce("grouped", 5);
        run("kafka-console-consumer", "--topic", "grouped", "--from-beginning", "--group", "gs", "--max-messages", "5");

        assertThat(run("kafka-consumer-groups", "--list").lines()).contains("gs");
        assertThat(run("kafka-groups", "--list")).contains("gs");
        assertThat(run("kafka-consumer-groups", "--describe", "--group", "gs").lines())
                .anyMatch(line -> line.matches("gs +grouped +0 +5 +5 +0 .*"));
        assertThat(run("kafka-consumer-groups", "--describe", "--all-groups", "--state"))
                .contains("gs");
        assertThat(run(
                        "kafka-consumer-groups",
                        "--reset-offsets",
                        "--group",
                        "gs",
                        "--topic",
                        "grouped",
                        "--to-earliest",
                        "--execute"))
                .containsPattern("gs +grouped +0 +0");
        assertThat(run("kafka-consumer-groups", "--delete-offsets", "--group", "gs", "--topic", "grouped"))
                .containsPattern("grouped +0 +Successful");
        run("kafka-consumer-groups", "--delete", "--group", "gs");
        assertThat(run("kafka-consumer-groups", "--list").lines()).doesNotContain("gs");
    }

    @Test
    @Tag("full")
    void kafkaShareGroups() throws Exception {
        create("shared");
        produce("shared", 3);
        run(
                "kafka-configs",
                "--alter",
                "--entity-type",
                "groups",
                "--entity-name",
                "sharers",
                "--add-config",
                "share.auto.offset.reset=earliest");
        run("kafka-console-share-consumer", "--topic", "shared", "--group", "sharers", "--max-messages", "3");

        assertThat(run("kafka-share-groups", "--list").lines()).contains("sharers");
        assertThat(run("kafka-share-groups", "--describe", "--group", "sharers"))
                .containsPattern("sharers +shared +0 +[03] +0");
        assertThat(run(
                        "kafka-share-groups",
                        "--reset-offsets",
                        "--group",
                        "sharers",
                        "--topic",
                        "shared",
                        "--to-earliest",
                        "--execute"))
                .containsPattern("sharers +shared +0 +0");
        run("kafka-share-groups", "--delete-offsets", "--group", "sharers", "--topic", "shared");
        run("kafka-share-groups", "--delete", "--group", "sharers");
        assertThat(run("kafka-share-groups", "--list").lines()).doesNotContain("sharers");
    }

    @Test
    @Tag("full")
    void kafkaStreamsGroups() throws Exception {
        create("tool-lines", "tool-counts");
        produce("tool-lines", 3);
        try (ClientProcess application = ClientProcess.start(
                folder,
                NamespaceClientsIT.wordCount(
                        tenants, TENANT, folder, "streams", "tool-words", "tool-lines", "tool-counts", "1"))) {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(application.isRunning()).as(application.output()).isTrue();
                assertThat(Clients.readAll(tenants.client(TENANT), "tool-counts"))
                        .isNotEmpty();
            });
            assertThat(run("kafka-streams-groups", "--describe", "--group", "tool-words", "--members"))
                    .contains("tool-words");
            assertThat(run("kafka-streams-groups", "--describe", "--group", "tool-words", "--offsets"))
                    .contains("tool-lines");
        }

        assertThat(run("kafka-streams-groups", "--list").lines()).contains("tool-words");
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> run(
                        "kafka-streams-groups", "--delete", "--group", "tool-words", "--delete-all-internal-topics"));
        try (Admin direct = tenants.direct()) {
            await().untilAsserted(() -> assertThat(direct.listTopics().names().get())
                    .noneMatch(name -> name.startsWith(tenants.prefix(TENANT) + "tool-words")));
        }
    }

    @Test
    @Tag("full")
    void kafkaStreamsApplicationReset() throws Exception {
        create("reset-lines", "resetting-store-changelog");
        produce("reset-lines", 2);
        run(
                "kafka-console-consumer",
                "--topic",
                "reset-lines",
                "--from-beginning",
                "--group",
                "resetting",
                "--max-messages",
                "2");

        assertThat(run(
                        "kafka-streams-application-reset",
                        "--application-id",
                        "resetting",
                        "--input-topics",
                        "reset-lines"))
                .contains("reset-lines", "resetting-store-changelog");

        try (Admin direct = tenants.direct()) {
            await().untilAsserted(() -> assertThat(direct.listTopics().names().get())
                    .doesNotContain(tenants.prefix(TENANT) + "resetting-store-changelog"));
        }
    }

    @Test
    @Tag("full")
    void kafkaTransactions() throws Exception {
        create("transacted");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                tenants.client(TENANT, "transactional.id", "tool-transaction"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("transacted", "value")).get();

            assertThat(run("kafka-transactions", "list")).contains("tool-transaction", "Ongoing");
            assertThat(run("kafka-transactions", "describe", "--transactional-id", "tool-transaction"))
                    .contains("transacted-0");
            assertThat(run("kafka-transactions", "describe-producers", "--topic", "transacted", "--partition", "0"))
                    .contains("ProducerId");
            assertThat(run("kafka-transactions", "find-hanging", "--topic", "transacted"))
                    .contains("Topic");
            assertRefused(
                    tools.tryTo(
                            "kafka-transactions",
                            "abort",
                            "--topic",
                            "transacted",
                            "--partition",
                            "0",
                            "--start-offset",
                            "0"),
                    "");
            producer.commitTransaction();
        }
        assertThat(Clients.readAll(tenants.client(TENANT), "transacted")).hasSize(1);
    }

    @Test
    @Tag("full")
    void kafkaGetOffsetsAndDeleteRecords() throws Exception {
        create("counted");
        produce("counted", 4);
        Path offsets = tools.file(
                "offsets.json",
                "{\"version\": 1, \"partitions\": [{\"topic\": \"counted\", \"partition\": 0, \"offset\": 3}]}");

        assertThat(run("kafka-get-offsets").lines()).contains("counted:0:4");
        assertThat(run("kafka-delete-records", "--offset-json-file", offsets.toString()))
                .contains("counted-0", "low_watermark: 3");
        assertThat(run("kafka-get-offsets", "--topic", "counted", "--time", "earliest")
                        .lines())
                .contains("counted:0:3");
    }

    @Test
    @Tag("full")
    void toolsThatMeasure() throws Exception {
        create("measured");
        String[] topic = {"--topic", "measured"};

        assertThat(run(
                        "kafka-producer-perf-test",
                        with(topic, "--num-records", "500", "--record-size", "100", "--throughput", "-1")))
                .contains("500 records sent");
        assertThat(run("kafka-consumer-perf-test", with(topic, "--num-records", "500", "--timeout", "30000")))
                .containsPattern("\\b500\\b");
        run(
                "kafka-configs",
                "--alter",
                "--entity-type",
                "groups",
                "--entity-name",
                "measuring",
                "--add-config",
                "share.auto.offset.reset=earliest");
        assertThat(run(
                        "kafka-share-consumer-perf-test",
                        with(topic, "--num-records", "100", "--timeout", "30000", "--group", "measuring")))
                .doesNotContain("Exception");
        assertThat(run(
                        "kafka-e2e-latency",
                        with(topic, "--num-records", "20", "--producer-acks", "all", "--record-size", "100")))
                .contains("Avg latency");
    }

    @Test
    @Tag("full")
    void toolsThatVerify() throws Exception {
        create("verified");
        String[] topic = {"--topic", "verified", "--max-messages", "10"};

        assertThat(run("kafka-verifiable-producer", topic)).contains("\"acked\":10");
        for (String protocol : List.of("classic", "consumer")) {
            assertThat(run(
                            "kafka-verifiable-consumer",
                            with(topic, "--group-protocol", protocol, "--group-id", "verifying-" + protocol)))
                    .contains("\"name\":\"records_consumed\"", "\"topic\":\"verified\"");
        }
        assertThat(run(
                        "kafka-verifiable-share-consumer",
                        with(topic, "--group-id", "verifying-share", "--offset-reset-strategy", "earliest")))
                .contains("\"name\":\"records_consumed\"", "\"topic\":\"verified\"");
    }

    @Test
    @Tag("full")
    void whatTheClusterIsForItsTenant() throws Exception {
        ConfigResource metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "foreign-metrics");
        ConfigEntry interval = new ConfigEntry("interval.ms", "60000");
        try (Admin direct = tenants.direct()) {
            direct.incrementalAlterConfigs(
                            Map.of(metrics, List.of(new AlterConfigOp(interval, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }

        assertThat(run("kafka-client-metrics", "--list")).isBlank();
        assertThat(tools.tryTo("kafka-client-metrics", "--describe", "--name", "foreign-metrics")
                        .output())
                .contains("doesn't exist");
        assertThat(run("kafka-cluster", "cluster-id")).contains("Cluster ID: " + TENANT + "@");
        assertThat(run("kafka-cluster", "list-endpoints")).contains("localhost");
        assertThat(run("kafka-features", "describe")).contains("Feature: group.version");
        assertThat(run("kafka-broker-api-versions"))
                .contains("DescribeTopicPartitions(75): 0")
                .contains("WriteTxnMarkers(27): UNSUPPORTED")
                .contains("DescribeLogDirs(35): UNSUPPORTED");
    }

    @ParameterizedTest
    @Tag("full")
    @CsvSource({
        "kafka-acls, --list",
        "kafka-acls, --add --allow-principal User:x --operation Read --topic y",
        "kafka-client-metrics, --alter --name x --interval 60000 --metrics org.apache.kafka.",
        "kafka-cluster, unregister --id 1",
        "kafka-configs, --describe --entity-type brokers --entity-name 1",
        "kafka-configs, --describe --entity-type clients --entity-name x",
        "kafka-configs, --describe --entity-type users --entity-name x",
        "kafka-delegation-tokens, --describe",
        "kafka-features, upgrade --feature group.version=1",
        "kafka-leader-election, --election-type preferred --all-topic-partitions",
        "kafka-log-dirs, --describe",
        "kafka-metadata-quorum, describe --status",
        "kafka-reassign-partitions, --list",
    })
    void whatIsTheClustersIsRefused(String tool, String arguments) throws Exception {
        assertRefused(tools.tryTo(tool, arguments.split(" ")), "");
    }

    /** With a word on why, whatever a tool makes of it. */
    private static void assertRefused(Outcome outcome, String why) {
        assertThat(shown(outcome.output()))
                .contains(why)
                .containsPattern("(?i)authorization|not supported|UNSUPPORTED|does not support|SECURITY_DISABLED|"
                        + "SecurityDisabled|cannot be set|disabled|not have");
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(List.of(more).stream(), List.of(arguments).stream())
                .toArray(String[]::new);
    }

    private static void create(String... topics) throws Exception {
        try (Admin admin = tenants.admin(TENANT)) {
            admin.createTopics(List.of(topics).stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static void produce(String topic, int count) {
        try (KafkaProducer<String, String> producer = Clients.producer(tenants.client(TENANT))) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, "value " + i));
            }
        }
    }
}
