/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The records plugin's jar, and with it record interception, under real clients: no stall, nothing out of sequence, offsets as they are. */
class RecordsIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .plugin(TestGateway.jarOf("plugins/records"))
                .resource("records.yaml", """
                        apiVersion: gatehouse/v1
                        kind: Interceptor
                        metadata: {name: records}
                        spec:
                          type: records
                          priority: 2000
                          scope: {all: true}
                          config:
                            produce:
                              - {topics: ["rec-*"], removeHeaders: ["x-*"], setHeaders: {topic: "topic", user: "user.username"}}
                              - {topics: ["rec-reject-*"], when: "key == 'bad'", reject: "bad records are not accepted"}
                              - {topics: ["rec-drop-*"], when: "key == 'bad'", drop: "bad records are dropped"}
                            fetch:
                              - {topics: ["rec-hide-*"], when: "key == 'hidden'", skip: true}
                              - {topics: ["rec-hide-*"], removeHeaders: [secret]}
                        """)
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", gateway.bootstrapServers()));
        config.putAll(more);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String bootstrapServers, String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
                new StringDeserializer(),
                new StringDeserializer());
    }

    /** Everything of a topic with one partition; ends when the consumer has passed the end, so that one that stalls fails. */
    private static List<ConsumerRecord<String, String>> readAll(
            String bootstrapServers, String topic, String isolation) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<String, String>> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(bootstrapServers, isolation)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (consumer.position(partition) < end) {
                assertThat(System.nanoTime())
                        .as("position %s of %s", consumer.position(partition), end)
                        .isLessThan(deadline);
                consumer.poll(POLL).forEach(read::add);
            }
        }
        return read;
    }

    private static List<String> values(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).toList();
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void headersAreStampedWhateverTheCompression(String compression) throws Exception {
        String topic = "rec-stamp-" + compression;
        kafka.cluster().createTopic(topic, 1, 1);

        try (KafkaProducer<String, String> producer =
                producer(Map.of("compression.type", compression, "linger.ms", 20))) {
            for (int i = 0; i < 200; i++) {
                ProducerRecord<String, String> record = new ProducerRecord<>(topic, "k", "value" + i);
                record.headers().add("x-internal", new byte[1]).add("user", "forged".getBytes());
                producer.send(record);
            }
        }
        List<ConsumerRecord<String, String>> read = readAll(kafka.bootstrapServers(), topic, "read_uncommitted");

        assertThat(values(read))
                .isEqualTo(IntStream.range(0, 200).mapToObj(i -> "value" + i).toList());
        assertThat(read).allSatisfy(record -> {
            assertThat(header(record, "user")).isEqualTo("ANONYMOUS");
            assertThat(header(record, "topic")).isEqualTo(topic);
            assertThat(record.headers().headers("user")).hasSize(1);
            assertThat(record.headers().lastHeader("x-internal")).isNull();
        });
    }

    @Test
    void anIdempotentProducerGoesOnAfterRejectionsAndWhatItWasAcknowledgedIsThereOnce() throws Exception {
        String topic = "rec-reject-idempotent";
        kafka.cluster().createTopic(topic, 1, 3);

        Map<String, Future<RecordMetadata>> sent = new LinkedHashMap<>();
        try (KafkaProducer<String, String> producer = producer(Map.of("linger.ms", 0, "batch.size", 100))) {
            for (int i = 0; i < 400; i++) {
                String key = i % 20 == 10 ? "bad" : "good";
                sent.put(key + i, producer.send(new ProducerRecord<>(topic, key, key + i)));
            }
        }
        List<String> acknowledged = new ArrayList<>();
        for (Map.Entry<String, Future<RecordMetadata>> each : sent.entrySet()) {
            try {
                each.getValue().get(1, TimeUnit.SECONDS);
                acknowledged.add(each.getKey());
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(InvalidRecordException.class);
            }
        }

        assertThat(acknowledged).noneMatch(value -> value.startsWith("bad")).hasSizeGreaterThan(200);
        assertThat(values(readAll(kafka.bootstrapServers(), topic, "read_uncommitted")))
                .containsExactlyInAnyOrderElementsOf(acknowledged);
    }

    @Test
    void aTransactionWithARejectedRecordAbortsAndTheNextOneCommits() throws Exception {
        String topic = "rec-reject-transactions";
        kafka.cluster().createTopic(topic, 1, 3);

        try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", topic))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "good", "aborted"));
            producer.flush();
            Future<RecordMetadata> bad = producer.send(new ProducerRecord<>(topic, "bad", "bad"));
            assertThatThrownBy(() -> bad.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(InvalidRecordException.class)
                    .hasMessageContaining("bad records are not accepted");
            producer.abortTransaction();
            for (int i = 0; i < 3; i++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, "good", "committed" + i));
                producer.commitTransaction();
            }
        }

        List<ConsumerRecord<String, String>> read = readAll(gateway.bootstrapServers(), topic, "read_committed");
        assertThat(values(read)).containsExactly("committed0", "committed1", "committed2");
        assertThat(read)
                .allSatisfy(record -> assertThat(header(record, "topic")).isEqualTo(topic));
    }

    @Test
    void droppedRecordsAreGoneAndTheirProducerIsToldSuccessWithoutAnOffset() throws Exception {
        String topic = "rec-drop-plain";
        kafka.cluster().createTopic(topic, 1, 1);

        List<Future<RecordMetadata>> sent = new ArrayList<>();
        List<Future<RecordMetadata>> afterwards = new ArrayList<>();
        Map<String, Object> plain =
                Map.of("enable.idempotence", false, "acks", "all", "linger.ms", 200, "compression.type", "lz4");
        try (KafkaProducer<String, String> producer = producer(plain)) {
            for (int i = 0; i < 100; i++) {
                String key = i % 3 == 0 ? "bad" : "good";
                sent.add(producer.send(new ProducerRecord<>(topic, key, key + i)));
            }
            producer.flush();
            producer.send(new ProducerRecord<>(topic, "bad", "alone"));
            producer.flush();
            afterwards.add(producer.send(new ProducerRecord<>(topic, "good", "last")));
        }

        assertThat(sent).allSatisfy(each -> assertThat(each.get().hasOffset()).isFalse());
        assertThat(afterwards.get(0).get().offset()).isEqualTo(66);
        List<String> read = values(readAll(kafka.bootstrapServers(), topic, "read_uncommitted"));
        assertThat(read).hasSize(67).allMatch(value -> value.startsWith("good") || value.equals("last"));
    }

    @Test
    void whatAnIdempotentProducerSendsIsRefusedRatherThanDropped() throws Exception {
        String topic = "rec-drop-idempotent";
        kafka.cluster().createTopic(topic, 1, 1);

        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>(topic, "good", "one")).get();
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, "bad", "two"))
                            .get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(InvalidRecordException.class)
                    .hasMessageContaining("bad records are dropped");
            producer.send(new ProducerRecord<>(topic, "good", "three")).get(20, TimeUnit.SECONDS);
        }

        assertThat(values(readAll(kafka.bootstrapServers(), topic, "read_uncommitted")))
                .containsExactly("one", "three");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void hiddenRecordsNeverStallAConsumerAndOffsetsStay(String compression) throws Exception {
        String topic = "rec-hide-" + compression;
        kafka.cluster().createTopic(topic, 1, 1);
        Map<String, Object> transactional = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "transactional.id", topic,
                "compression.type", compression);

        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(transactional, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (int transaction = 0; transaction < 6; transaction++) {
                producer.beginTransaction();
                for (int i = 0; i < 50; i++) {
                    boolean hidden = transaction >= 4 || i % 2 == 0;
                    producer.send(new ProducerRecord<>(topic, hidden ? "hidden" : "seen", "v" + transaction));
                }
                if (transaction % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }

        for (String isolation : List.of("read_uncommitted", "read_committed")) {
            List<ConsumerRecord<String, String>> direct = readAll(kafka.bootstrapServers(), topic, isolation);
            List<ConsumerRecord<String, String>> filtered = readAll(gateway.bootstrapServers(), topic, isolation);

            assertThat(filtered).isNotEmpty();
            assertThat(filtered)
                    .extracting(record -> record.offset() + " " + record.timestamp() + " " + record.value())
                    .isEqualTo(direct.stream()
                            .filter(record -> record.key().equals("seen"))
                            .map(record -> record.offset() + " " + record.timestamp() + " " + record.value())
                            .toList());
        }
    }

    @Test
    void aShareConsumerAcknowledgesWhatIsHiddenSoThatNobodyGetsItAgain() throws Exception {
        String topic = "rec-hide-share";
        kafka.cluster().createTopic(topic, 1, 1);
        kafka.cluster()
                .admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.GROUP, topic),
                        Set.of(new AlterConfigOp(
                                new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        produceDirectly(
                topic,
                IntStream.range(0, 100)
                        .mapToObj(i -> i % 4 == 0 ? "seen" : "hidden")
                        .toList());

        List<String> seen = new ArrayList<>();
        try (KafkaShareConsumer<String, String> consumer = shareConsumer(gateway.bootstrapServers(), topic)) {
            consumer.subscribe(List.of(topic));
            pollUntil(consumer, seen, 25);
            // A batch that is hidden altogether, and then one that is not: the consumer must get past the first.
            produceDirectly(
                    topic, IntStream.range(0, 50).mapToObj(i -> "hidden").toList());
            produceDirectly(topic, List.of("seen"));
            pollUntil(consumer, seen, 26);
            consumer.commitSync(Duration.ofSeconds(10));
        }
        assertThat(seen).hasSize(26).containsOnly("seen");

        List<String> left = new ArrayList<>();
        try (KafkaShareConsumer<String, String> direct = shareConsumer(kafka.bootstrapServers(), topic)) {
            direct.subscribe(List.of(topic));
            produceDirectly(topic, List.of("marker"));
            pollUntil(direct, left, 1);
        }
        assertThat(left).containsExactly("marker");
    }

    private static void pollUntil(KafkaShareConsumer<String, String> consumer, List<String> keys, int count) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (keys.size() < count) {
            assertThat(System.nanoTime()).as("records so far: %s", keys).isLessThan(deadline);
            consumer.poll(POLL).forEach(record -> keys.add(record.key()));
        }
    }

    private static KafkaShareConsumer<String, String> shareConsumer(String bootstrapServers, String group) {
        return new KafkaShareConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "group.id", group),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void produceDirectly(String topic, List<String> keys) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 50),
                new StringSerializer(),
                new StringSerializer())) {
            keys.forEach(key -> producer.send(new ProducerRecord<>(topic, key, key)));
        }
    }
}
