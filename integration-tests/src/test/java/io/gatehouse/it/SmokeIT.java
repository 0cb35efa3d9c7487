/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SmokeIT {

    /** Anew for every run, so that a test can be run again on the same brokers. */
    private final String topic = "smoke-" + System.nanoTime();

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @Test
    void anonymousClientsProduceAndConsume() throws Exception {
        kafka.cluster().createTopic(topic, 3, 3);

        try (TestGateway gateway =
                TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous().start()) {
            assertThat(roundTrip(gateway, topic, Map.of())).hasSize(100);
        }
    }

    @Test
    void accountsProduceAndConsume() throws Exception {
        kafka.cluster().createTopic(topic + "-plain", 3, 3);

        try (TestGateway gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice", "bob")
                .start()) {
            Map<String, Object> sasl = Map.of(
                    "security.protocol", "SASL_PLAINTEXT",
                    "sasl.mechanism", "PLAIN",
                    "sasl.jaas.config",
                            "org.apache.kafka.common.security.plain.PlainLoginModule required username=alice password=alice;");
            assertThat(roundTrip(gateway, topic + "-plain", sasl)).hasSize(100);
        }
    }

    private static List<String> roundTrip(TestGateway gateway, String topic, Map<String, Object> security)
            throws Exception {
        Map<String, Object> config = new java.util.HashMap<>(security);
        config.put("bootstrap.servers", gateway.bootstrapServers());
        config.put("group.id", topic);
        config.put("auto.offset.reset", "earliest");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>(topic, "key" + i, "value" + i));
            }
            producer.flush();
        }
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (values.size() < 100 && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
