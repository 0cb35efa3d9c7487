/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that get too old are closed between requests, and Kafka's clients do not notice. */
class ConnectionAgeIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @Test
    void aProducerLosesNothingWhileItsConnectionsAreClosedForTheirAge() throws Exception {
        String topic = "age-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 1, 3);
        try (TestGateway gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .limit("connections.max.age", "500ms")
                .start()) {
            int sent = 0;
            try (KafkaProducer<String, String> producer =
                    Clients.producer(Clients.as(gateway.bootstrapServers(), "ann"))) {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
                while (System.nanoTime() < deadline) {
                    producer.send(new ProducerRecord<>(topic, "r" + sent++)).get(20, TimeUnit.SECONDS);
                }
            }

            assertThat(Clients.readAll(kafka.bootstrapServers(), topic)).hasSize(sent);
            assertThat(gateway.management("/metrics").body().lines())
                    .filteredOn(line -> line.startsWith("gatehouse_connections_closed_total{reason=\"age\"}"))
                    .singleElement()
                    .satisfies(line -> assertThat(Double.parseDouble(line.substring(line.indexOf(' '))))
                            .isGreaterThanOrEqualTo(4));
        }
    }
}
