/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Producers and consumers in as many lines as a test wants to spend on them. */
final class KafkaClients {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private KafkaClients() {}

    static String uniqueName(String prefix) {
        return prefix + "-" + UUID.randomUUID();
    }

    /** Sends to partition 0. */
    static void produce(String bootstrapServers, Map<String, Object> security, String topic, String... values)
            throws Exception {
        Map<String, Object> configuration = configuration(bootstrapServers, security);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(configuration, new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, 0, null, value)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    /** Reads partition 0 from its beginning until so many values are there. */
    static List<String> consume(String bootstrapServers, Map<String, Object> security, String topic, int count) {
        Map<String, Object> configuration = configuration(bootstrapServers, security);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(configuration, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<String> values = new ArrayList<>();
            long start = System.nanoTime();
            while (values.size() < count && System.nanoTime() - start < PATIENCE.toNanos()) {
                consumer.poll(Duration.ofMillis(100)).forEach(consumed -> values.add(consumed.value()));
            }
            return values;
        }
    }

    private static Map<String, Object> configuration(String bootstrapServers, Map<String, Object> security) {
        Map<String, Object> configuration = new HashMap<>(security);
        configuration.put("bootstrap.servers", bootstrapServers);
        return configuration;
    }
}
