/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.DataInputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Frames that are much larger than the gateway's memory for them: it has a process of its own with 16 MiB of direct memory, so whatever
 * held a frame as a whole would fail.
 */
class LargeFramesIT {

    private static final int MEBIBYTE = 1024 * 1024;
    private static final int NODE = 1;
    private static final int CLIENTS = 20;
    private static final int CLIENT_RECORD = 12 * MEBIBYTE;
    private static final long MOST_RESIDENT_MEBIBYTES = 512;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.own(() -> EmbeddedKafkaCluster.builder()
            .property("message.max.bytes", Integer.toString(110 * MEBIBYTE))
            .property("replica.fetch.max.bytes", Integer.toString(110 * MEBIBYTE))
            .property("socket.request.max.bytes", Integer.toString(110 * MEBIBYTE))
            .property("fetch.max.bytes", Integer.toString(110 * MEBIBYTE))
            .build());

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.start(
                TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous(),
                "INFO",
                Map.of(),
                "-XX:MaxDirectMemorySize=16m",
                "-Xmx256m");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        gateway.close();
    }

    @Test
    void aFrameOf99MebibytesPassesInBothDirectionsUnchanged() {
        kafka.cluster().createTopic("large", 1, 1);

        produce("large", value(99 * MEBIBYTE, 1));
        byte[] fetched = consume("large");

        assertThat(crc(fetched, 0)).isEqualTo(crc(value(99 * MEBIBYTE, 1), 0));
        assertHealthy();
        System.out.printf("99 MiB both ways: peak resident %d MiB%n", gateway.peakResidentMebibytes());
    }

    @Test
    void manyClientsThatSendAtOnceAreServedWithTheSameMemory() throws Exception {
        kafka.cluster().createTopic("many", CLIENTS, 1);

        inParallel(client -> {
            try (KafkaProducer<byte[], byte[]> producer = producer(gateway.bootstrapServers())) {
                return producer.send(new ProducerRecord<>("many", client, null, value(MEBIBYTE * 8, client)))
                        .get()
                        .offset();
            }
        });

        assertThat(kafka.cluster()
                        .admin()
                        .listOffsets(offsetsOf("many"))
                        .all()
                        .get()
                        .values())
                .hasSize(CLIENTS)
                .allSatisfy(end -> assertThat(end.offset()).isEqualTo(1));
        assertHealthy();
        System.out.printf("%d producers: peak resident %d MiB%n", CLIENTS, gateway.peakResidentMebibytes());
    }

    @Test
    void clientsThatDoNotReadAreWaitedForWithBoundedMemory() throws Exception {
        Uuid topic = kafka.cluster().createTopic("slow", 1, 1);
        byte[] value = value(CLIENT_RECORD, 3);
        produceDirectly("slow", value);
        byte[] fetch = RawKafkaClient.frame(ApiKeys.FETCH, 13, fetch(topic), 7, "slow");
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                Socket client = new Socket();
                // What does not fit here has to wait in the gateway, or before it.
                client.setReceiveBufferSize(64 * 1024);
                client.connect(new java.net.InetSocketAddress("localhost", gateway.portOf(NODE)));
                client.setSoTimeout(60_000);
                OutputStream out = client.getOutputStream();
                out.write(fetch);
                out.flush();
                clients.add(client);
            }
            List<Integer> sizes = new ArrayList<>();
            for (Socket client : clients) {
                sizes.add(new DataInputStream(client.getInputStream()).readInt());
            }

            assertThat(sizes).allSatisfy(size -> assertThat(size).isGreaterThan(CLIENT_RECORD));
            awaitStandstill();
            long whileWaiting = gateway.residentMebibytes();
            List<Long> checksums = inParallel(client -> {
                byte[] frame = new DataInputStream(clients.get(client).getInputStream()).readNBytes(sizes.get(client));
                return crc(frame, frame.length - tailOf(frame, value));
            });

            assertThat(checksums).containsOnly(crc(value, 0));
            assertHealthy();
            System.out.printf(
                    "%d slow readers of %d MiB: resident %d MiB while they wait, peak %d MiB%n",
                    CLIENTS, CLIENT_RECORD / MEBIBYTE, whileWaiting, gateway.peakResidentMebibytes());
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    /** Until nothing moves any more. */
    private static void awaitStandstill() {
        long[] last = {-1, 0};
        Awaitility.await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long now = gateway.residentMebibytes();
            last[1] = now == last[0] ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] >= 3;
        });
    }

    /** How many bytes at the end of the frame begin with the record's value. */
    private static int tailOf(byte[] frame, byte[] value) {
        for (int at = 0; at < 1_000; at++) {
            if (java.util.Arrays.equals(frame, at, at + 64, value, 0, 64)) {
                return frame.length - at;
            }
        }
        throw new AssertionError("the record's value does not begin in the first 1,000 bytes");
    }

    private static void assertHealthy() {
        assertThat(gateway.isAlive()).as(gateway.output()).isTrue();
        assertThat(gateway.output()).doesNotContain("OutOfMemory").doesNotContain("OutOfDirectMemory");
        assertThat(gateway.peakResidentMebibytes()).isLessThan(MOST_RESIDENT_MEBIBYTES);
        assertThat(gateway.metric("gatehouse_decoded_requests"))
                .as("requests decoded: those that the gateway answers itself")
                .isLessThanOrEqualTo(gateway.metric("gatehouse_connections_accepted_total") * 2);
    }

    private static <T> List<T> inParallel(Work<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<T>> tasks = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                tasks.add(() -> work.of(client));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private interface Work<T> {
        T of(int client) throws Exception;
    }

    private static void produce(String topic, byte[] value) {
        produce(gateway.bootstrapServers(), topic, value);
    }

    private static void produceDirectly(String topic, byte[] value) {
        produce(kafka.bootstrapServers(), topic, value);
    }

    private static void produce(String bootstrapServers, String topic, byte[] value) {
        try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
            assertThat(producer.send(new ProducerRecord<>(topic, 0, null, value)))
                    .succeedsWithin(Duration.ofSeconds(60));
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("max.request.size", 105 * MEBIBYTE);
        config.put("buffer.memory", 120L * MEBIBYTE);
        config.put("batch.size", 0);
        config.put("acks", "all");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static byte[] consume(String topic) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", gateway.bootstrapServers());
        config.put("fetch.max.bytes", 110 * MEBIBYTE);
        config.put("max.partition.fetch.bytes", 110 * MEBIBYTE);
        config.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (System.nanoTime() < deadline) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(1));
                if (!records.isEmpty()) {
                    return records.iterator().next().value();
                }
            }
        }
        throw new AssertionError("nothing fetched within 60 s");
    }

    private static FetchRequestData fetch(Uuid topic) {
        return new FetchRequestData()
                .setMaxWaitMs(10_000)
                .setMinBytes(1)
                .setMaxBytes(110 * MEBIBYTE)
                .setTopics(List.of(new FetchTopic()
                        .setTopicId(topic)
                        .setPartitions(
                                List.of(new FetchPartition().setPartition(0).setPartitionMaxBytes(110 * MEBIBYTE)))));
    }

    private static Map<TopicPartition, org.apache.kafka.clients.admin.OffsetSpec> offsetsOf(String topic) {
        Map<TopicPartition, org.apache.kafka.clients.admin.OffsetSpec> offsets = new HashMap<>();
        for (int partition = 0; partition < CLIENTS; partition++) {
            offsets.put(new TopicPartition(topic, partition), org.apache.kafka.clients.admin.OffsetSpec.latest());
        }
        return offsets;
    }

    /** Bytes that no compression and no luck gives back. */
    private static byte[] value(int bytes, int seed) {
        byte[] value = new byte[bytes];
        new Random(seed).nextBytes(value);
        return value;
    }

    /** Of as many bytes as a record of the slow test has, or all. */
    private static long crc(byte[] bytes, int from) {
        CRC32C checksum = new CRC32C();
        int length = from == 0 ? bytes.length : Math.min(CLIENT_RECORD, bytes.length - from);
        checksum.update(bytes, from, length);
        return checksum.getValue();
    }
}
