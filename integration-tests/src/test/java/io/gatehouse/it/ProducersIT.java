/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Producers of every kind: what they send arrives, once, in order, and byte for byte. */
class ProducersIT {

    @RegisterExtension
    static final WatchedGateway gateway = WatchedGateway.passthrough();

    private static final int RECORDS = 60;

    private enum Mode {
        IDEMPOTENT(Map.of("enable.idempotence", "true", "acks", "all")),
        TRANSACTIONAL(Map.of("enable.idempotence", "true", "acks", "all")),
        LEADER_ACKNOWLEDGES(Map.of("enable.idempotence", "false", "acks", "1")),
        NOBODY_ACKNOWLEDGES(Map.of("enable.idempotence", "false", "acks", "0"));

        private final Map<String, String> config;

        Mode(Map<String, String> config) {
            this.config = config;
        }
    }

    static Stream<Arguments> everyModeAndCompression() {
        return Stream.of(Mode.values())
                .flatMap(mode -> Stream.of("none", "gzip", "snappy", "lz4", "zstd")
                        .map(compression -> Arguments.of(mode, compression)));
    }

    @ParameterizedTest
    @MethodSource("everyModeAndCompression")
    void recordsArriveByteForByteAndInOrder(Mode mode, String compression) throws Exception {
        String topic = "producers-" + mode.name().toLowerCase(java.util.Locale.ROOT) + "-" + compression + "-"
                + System.nanoTime();
        gateway.kafka().createTopic(topic, 1, 3);
        List<ProducerRecord<byte[], byte[]>> sent = randomRecords(topic);

        produce(mode, compression, sent);
        List<ConsumerRecord<byte[], byte[]>> received = consume(topic, sent.size());

        assertThat(received).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(received.get(i).key()).isEqualTo(sent.get(i).key());
            assertThat(received.get(i).value()).isEqualTo(sent.get(i).value());
            assertThat(received.get(i).timestamp()).isEqualTo(sent.get(i).timestamp());
            assertThat(received.get(i).headers()).isEqualTo(sent.get(i).headers());
        }
        assertThat(fetch(gateway.portOf(leader(topic)), topic)).isEqualTo(fetch(brokerPort(leader(topic)), topic));
    }

    @Test
    void anIdempotentProducerWritesOnceAcrossBrokenConnections() throws Exception {
        String topic = "producers-reconnect-" + System.nanoTime();
        gateway.kafka().createTopic(topic, 3, 3);
        Map<String, Object> config = gateway.config(
                "acks",
                "all",
                "enable.idempotence",
                "true",
                "linger.ms",
                "2",
                "batch.size",
                "512",
                "retry.backoff.ms",
                "20");
        List<Future<RecordMetadata>> sends = new ArrayList<>();

        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 3_000; i++) {
                sends.add(producer.send(new ProducerRecord<>(
                        topic, i % 3, null, ByteBuffer.allocate(4).putInt(i).array())));
                if (i % 750 == 500) {
                    sends.get(i - 400).get();
                    gateway.relay().cut();
                }
            }
            producer.flush();
        }
        for (Future<RecordMetadata> send : sends) {
            send.get();
        }
        List<Integer> received = consume(topic, 3_000).stream()
                .map(record -> ByteBuffer.wrap(record.value()).getInt())
                .toList();

        assertThat(received).hasSize(3_000).doesNotHaveDuplicates();
        for (int partition = 0; partition < 3; partition++) {
            int remainder = partition;
            assertThat(received.stream().filter(value -> value % 3 == remainder))
                    .isSorted();
        }
    }

    @Test
    void topicsAreNamedByTheirIdsInTheNewestVersionsOfProduceAndFetch() throws Exception {
        String topic = "producers-topic-ids-" + System.nanoTime();
        Uuid topicId = gateway.kafka().createTopic(topic, 1, 3);
        MemoryRecords records = MemoryRecords.withRecords(
                org.apache.kafka.common.compress.Compression.NONE, new SimpleRecord("value".getBytes()));
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setTopicId(topicId)
                .setPartitionData(List.of(new PartitionProduceData().setIndex(0).setRecords(records))));
        ProduceRequestData produce = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(10_000)
                .setTopicData(topics);
        int version = ApiKeys.PRODUCE.latestVersion();
        assertThat(version).isGreaterThanOrEqualTo(13);

        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.portOf(leader(topic)))) {
            ProduceResponseData produced = client.exchange(ApiKeys.PRODUCE, version, produce, 1, "raw");
            FetchResponseData fetched = client.exchange(
                    ApiKeys.FETCH,
                    ApiKeys.FETCH.latestVersion(),
                    fetchRequest(new FetchTopic().setTopicId(topicId)),
                    2,
                    "raw");

            assertThat(produced.responses().iterator().next().topicId()).isEqualTo(topicId);
            assertThat(produced.responses()
                            .iterator()
                            .next()
                            .partitionResponses()
                            .get(0)
                            .errorCode())
                    .isEqualTo(Errors.NONE.code());
            assertThat(fetched.responses().get(0).topicId()).isEqualTo(topicId);
            PartitionData partition = fetched.responses().get(0).partitions().get(0);
            assertThat(partition.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(((MemoryRecords) partition.records())
                            .records()
                            .iterator()
                            .next()
                            .value())
                    .isEqualTo(ByteBuffer.wrap("value".getBytes()));
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> randomRecords(String topic) {
        Random random = new Random(topic.hashCode());
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] key = i % 3 == 0 ? null : bytes(random, 20);
            byte[] value = i % 7 == 0 ? null : bytes(random, i % 10 == 0 ? 40_000 : 300);
            records.add(new ProducerRecord<>(
                    topic,
                    0,
                    1_700_000_000_000L + i,
                    key,
                    value,
                    List.of(new RecordHeader("h" + i, bytes(random, 8)))));
        }
        return records;
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void produce(Mode mode, String compression, List<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        Map<String, Object> config = gateway.config("compression.type", compression);
        config.putAll(mode.config);
        if (mode == Mode.TRANSACTIONAL) {
            config.put("transactional.id", "producers-" + compression);
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            if (mode == Mode.TRANSACTIONAL) {
                producer.initTransactions();
                producer.beginTransaction();
            }
            List<Future<RecordMetadata>> sends =
                    records.stream().map(producer::send).toList();
            if (mode == Mode.TRANSACTIONAL) {
                producer.commitTransaction();
            }
            producer.flush();
            for (Future<RecordMetadata> send : sends) {
                assertThat(send.get().hasOffset()).isEqualTo(mode != Mode.NOBODY_ACKNOWLEDGES);
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> consume(String topic, int count) {
        Map<String, Object> config =
                gateway.config("auto.offset.reset", "earliest", "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= count;
            });
            return records;
        }
    }

    /** The batches of partition 0 as they travel. */
    private static ByteBuffer fetch(int port, String topic) throws IOException {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", port)) {
            // A leader that has just come answers OFFSET_OUT_OF_RANGE until it knows its high watermark.
            PartitionData partition =
                    await().until(() -> fetchOnce(client, topic), answer -> answer.errorCode() == Errors.NONE.code());
            return ((MemoryRecords) partition.records()).buffer();
        }
    }

    private static PartitionData fetchOnce(RawKafkaClient client, String topic) throws IOException {
        FetchResponseData response =
                client.exchange(ApiKeys.FETCH, 12, fetchRequest(new FetchTopic().setTopic(topic)), 7, "raw");
        return response.responses().get(0).partitions().get(0);
    }

    private static FetchRequestData fetchRequest(FetchTopic topic) {
        return new FetchRequestData()
                .setMaxWaitMs(1_000)
                .setMinBytes(1)
                .setMaxBytes(50_000_000)
                .setSessionEpoch(-1)
                .setTopics(List.of(topic.setPartitions(
                        List.of(new FetchPartition().setPartition(0).setPartitionMaxBytes(50_000_000)))));
    }

    private static int leader(String topic) throws Exception {
        return gateway.kafka()
                .admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .get(0)
                .leader()
                .id();
    }

    private static int brokerPort(int nodeId) {
        return gateway.kafka().brokerAddress(nodeId).getPort();
    }
}
