/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own clients in a namespace: everything is called as the application calls it, and has the prefix on the cluster. */
class NamespaceClientsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @RegisterExtension
    static final Tenants tenants = Tenants.of(3, tenant -> "", "clients", "others");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupReadsWhatWasProduced(String protocol) throws Exception {
        String topic = "orders-" + protocol;
        create(topic);
        produce(topic, 20);

        try (KafkaConsumer<String, String> consumer = consumer(protocol, "group-" + protocol)) {
            consumer.subscribe(List.of(topic));

            assertThat(values(consumer, 20)).hasSize(20);
            consumer.commitSync();
            assertThat(consumer.assignment()).extracting(TopicPartition::topic).containsOnly(topic);
        }
        assertThat(groups("clients")).contains("group-" + protocol);
        assertThat(groups("others")).isEmpty();
        try (Admin direct = tenants.direct()) {
            assertThat(direct.listConsumerGroupOffsets(tenants.prefix("clients") + "group-" + protocol)
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .keySet())
                    .extracting(TopicPartition::topic)
                    .containsOnly(tenants.prefix("clients") + topic);
        }
    }

    @Test
    void aRegularExpressionFindsTheNamespacesTopicsOnly() throws Exception {
        create("regex-one", "regex-two", "other-three");
        try (Admin others = tenants.admin("others");
                Admin direct = tenants.direct()) {
            others.createTopics(List.of(new NewTopic("regex-foreign", 1, (short) 1)))
                    .all()
                    .get();
            direct.createTopics(List.of(new NewTopic("regex-" + tenants.prefix("clients"), 1, (short) 1)))
                    .all()
                    .get();
        }
        produce("regex-one", 5);
        produce("regex-two", 5);

        try (KafkaConsumer<String, String> consumer = consumer("consumer", "group-regex")) {
            consumer.subscribe(new SubscriptionPattern("^regex-.*$"));

            assertThat(values(consumer, 10)).hasSize(10);
            assertThat(consumer.assignment())
                    .extracting(TopicPartition::topic)
                    .containsExactlyInAnyOrder("regex-one", "regex-two");
        }
        try (KafkaConsumer<String, String> consumer = consumer("consumer", "group-regex-2")) {
            consumer.subscribe(new SubscriptionPattern("x)|(?:.*"));

            assertThatThrownBy(() -> poll(consumer, Duration.ofSeconds(10)))
                    .isInstanceOf(InvalidRegularExpression.class);
        }
        try (KafkaConsumer<String, String> consumer = consumer("classic", "group-regex-3")) {
            consumer.subscribe(java.util.regex.Pattern.compile("regex-.*"));

            assertThat(values(consumer, 10)).hasSize(10);
            assertThat(consumer.subscription()).containsExactlyInAnyOrder("regex-one", "regex-two");
        }
    }

    @Test
    void aShareGroupReadsWhatWasProduced() throws Exception {
        create("shared");
        try (Admin admin = tenants.admin("clients")) {
            ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "share");
            ConfigEntry earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
            admin.incrementalAlterConfigs(Map.of(group, List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        produce("shared", 20);
        Set<String> received = new HashSet<>();

        try (KafkaShareConsumer<String, String> consumer = new KafkaShareConsumer<>(
                tenants.client("clients", "group.id", "share"), new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("shared"));
            await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> received.add(record.value()));
                return received.size() == 20;
            });
            assertThat(consumer.commitSync()).allSatisfy((partition, error) -> {
                assertThat(partition.topic()).isEqualTo("shared");
                assertThat(error).isEmpty();
            });
        }
    }

    @Test
    void aTransactionTakesOffsetsAlong() throws Exception {
        create("from", "to");
        produce("from", 10);
        TopicPartition partition = new TopicPartition("from", 0);

        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                        tenants.client("clients", "transactional.id", "mover"),
                        new StringSerializer(),
                        new StringSerializer());
                KafkaConsumer<String, String> consumer = consumer("consumer", "movers")) {
            producer.initTransactions();
            consumer.subscribe(List.of("from"));
            List<String> taken = values(consumer, 10);
            producer.beginTransaction();
            taken.forEach(value -> producer.send(new ProducerRecord<>("to", value)));
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(10)), consumer.groupMetadata());
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("to", "never")).get();
            producer.abortTransaction();

            assertThat(consumer.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(10);
        }
        Map<String, Object> committed = tenants.client("clients", "isolation.level", "read_committed");
        assertThat(Clients.readAll(committed, "to")).hasSize(10);
        try (Admin admin = tenants.admin("clients");
                Admin others = tenants.admin("others");
                Admin direct = tenants.direct()) {
            assertThat(admin.listTransactions().all().get())
                    .extracting(listing -> listing.transactionalId())
                    .filteredOn(id -> !id.startsWith("words-"))
                    .containsExactly("mover");
            assertThat(others.listTransactions().all().get()).isEmpty();
            assertThat(direct.listTransactions().all().get())
                    .extracting(listing -> listing.transactionalId())
                    .contains(tenants.prefix("clients") + "mover");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void wordsAreCounted(String protocol) throws Exception {
        create("lines-" + protocol, "counts-" + protocol);
        try (KafkaProducer<String, String> producer = Clients.producer(tenants.client("clients"))) {
            for (String line : List.of("the quick brown fox", "jumps over the lazy dog", "The end")) {
                producer.send(new ProducerRecord<>("lines-" + protocol, line));
            }
        }

        try (ClientProcess application = ClientProcess.start(folder, wordCount(protocol))) {
            Map<String, Long> counts = new HashMap<>();
            try (KafkaConsumer<String, Long> consumer = new KafkaConsumer<>(
                    tenants.client(
                            "clients",
                            "group.id",
                            "counts-" + protocol,
                            "auto.offset.reset",
                            "earliest",
                            "isolation.level",
                            "read_committed"),
                    new StringDeserializer(),
                    new LongDeserializer())) {
                consumer.subscribe(List.of("counts-" + protocol));
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ZERO)
                        .until(() -> {
                            assertThat(application.isRunning())
                                    .as(application.output())
                                    .isTrue();
                            consumer.poll(Duration.ofMillis(100))
                                    .forEach(record -> counts.put(record.key(), record.value()));
                            return counts.values().stream()
                                            .mapToLong(count -> count)
                                            .sum()
                                    == 11;
                        });
            }
            assertThat(counts).hasSize(9).containsEntry("the", 3L);
        }
        try (Admin direct = tenants.direct()) {
            Set<String> internal = new TreeSet<>(direct.listTopics().names().get());
            internal.removeIf(name -> !name.contains("words-" + protocol));
            assertThat(internal).allMatch(name -> name.startsWith("clients-"));
            assertThat(internal)
                    .filteredOn(name -> name.startsWith(tenants.prefix("clients") + "words-"))
                    .hasSize(2);
        }
    }

    private List<String> wordCount(String protocol) {
        return wordCount(
                tenants,
                "clients",
                folder,
                protocol,
                "words-" + protocol,
                "lines-" + protocol,
                "counts-" + protocol,
                "3");
    }

    /** What starts the application that counts words, for a tenant. */
    static List<String> wordCount(
            Tenants tenants,
            String tenant,
            Path folder,
            String protocol,
            String applicationId,
            String lines,
            String counts,
            String replicas) {
        Path target = Path.of(System.getProperty("gatehouse.root", ".."), "integration-tests", "target")
                .toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                target.resolve("test-classes") + ":" + target.resolve("streams") + "/*",
                WordCountApplication.class.getName(),
                lines,
                counts));
        tenants.client(
                        tenant,
                        "application.id",
                        applicationId,
                        "group.protocol",
                        protocol,
                        "state.dir",
                        folder.toString(),
                        "replication.factor",
                        replicas,
                        "num.stream.threads",
                        "1",
                        "processing.guarantee",
                        "exactly_once_v2",
                        "commit.interval.ms",
                        "100",
                        "consumer.auto.offset.reset",
                        "earliest")
                .forEach((key, value) -> {
                    command.add(key);
                    command.add(value.toString());
                });
        return command;
    }

    private static void create(String... topics) throws Exception {
        try (Admin admin = tenants.admin("clients")) {
            admin.createTopics(List.of(topics).stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 3))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static void produce(String topic, int count) {
        try (KafkaProducer<String, String> producer = Clients.producer(tenants.client("clients"))) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, topic + i));
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(String protocol, String group) {
        return new KafkaConsumer<>(
                tenants.client(
                        "clients",
                        "group.id",
                        group,
                        "group.protocol",
                        protocol,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static List<String> values(KafkaConsumer<String, String> consumer, int count) {
        List<String> values = new ArrayList<>();
        await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            return values.size() >= count;
        });
        return values;
    }

    private static void poll(KafkaConsumer<String, String> consumer, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            consumer.poll(Duration.ofMillis(100));
        }
    }

    private static List<String> groups(String tenant) throws Exception {
        try (Admin admin = tenants.admin(tenant)) {
            return admin.listGroups().all().get().stream()
                    .map(GroupListing::groupId)
                    .toList();
        }
    }
}
