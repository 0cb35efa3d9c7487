/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Frames that are collected are read straight into their buffers: but never what is encrypted still. */
class LargeFramesOverTlsIT {

    private static final int RECORDS = 24;
    private static final int BYTES = 2_000_000;
    private static final String TOPIC = "large-over-tls";

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestCertificates authority;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        authority = TestCertificates.in(folder, "authority");
        Map<String, Object> properties = new HashMap<>(
                TestCertificates.showing(authority.keyStore("server", "CN=gateway", "dns:localhost,ip:127.0.0.1")));
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
                            produce: [{topics: ["large-*"], setHeaders: {topic: "topic"}}]
                        """)
                .tls(properties.entrySet().stream()
                        .map(property -> property.getKey() + ": \"" + property.getValue() + "\"")
                        .collect(Collectors.joining(", ", "{", "}")))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void largeCollectedRequestsArriveAsTheyWereSent() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)
                            .configs(Map.of("max.message.bytes", String.valueOf(2 * BYTES)))))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        List<byte[]> values = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = new byte[BYTES];
            random.nextBytes(value);
            values.add(value);
        }

        Map<String, Object> config = new HashMap<>(authority.trusting());
        config.put("bootstrap.servers", gateway.bootstrapServers());
        config.put("security.protocol", "SSL");
        config.put("max.request.size", 2 * BYTES);
        config.put("retries", 0);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            values.forEach(value -> sent.add(producer.send(new ProducerRecord<>(TOPIC, value))));
            for (Future<RecordMetadata> each : sent) {
                each.get(60, TimeUnit.SECONDS);
            }
        }

        List<byte[]> read = readAll();
        assertThat(read).hasSize(RECORDS);
        for (int i = 0; i < RECORDS; i++) {
            assertThat(read.get(i)).isEqualTo(values.get(i));
        }
    }

    private static List<byte[]> readAll() {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        List<byte[]> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (read.size() < RECORDS && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    assertThat(record.headers().lastHeader("topic"))
                            .as("stamped by the interceptor")
                            .isNotNull();
                    read.add(record.value());
                });
            }
        }
        return read;
    }
}
