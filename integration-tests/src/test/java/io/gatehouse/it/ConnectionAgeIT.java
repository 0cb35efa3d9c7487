/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    @Test
    void connectionsThatCameTogetherGoOneByOne() throws Exception {
        List<RawKafkaClient> clients = new ArrayList<>();
        try (TestGateway gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .limit("connections.max.age", "4s")
                .start()) {
            long start = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort());
                clients.add(client);
                assertThat(client.saslPlain("ann", "ann").errorCode()).isZero();
            }
            long opened = millisSince(start);
            List<Long> ages = new ArrayList<>();
            List<RawKafkaClient> open = new ArrayList<>(clients);
            while (!open.isEmpty()) {
                assertThat(millisSince(start)).isLessThan(20_000);
                for (RawKafkaClient client : List.copyOf(open)) {
                    if (client.isClosedByPeer(Duration.ofMillis(1))) {
                        ages.add(millisSince(start));
                        open.remove(client);
                    }
                }
            }

            assertThat(ages.get(0)).as("75 %% of the age").isGreaterThanOrEqualTo(3_000);
            assertThat(ages.get(ages.size() - 1) - ages.get(0))
                    .as(
                            "of 20 drawn from 1,000 ms, all within 300 ms more than they needed to come is as good as impossible")
                    .isGreaterThan(300);
            assertThat(opened).isLessThan(3_000);
        } finally {
            for (RawKafkaClient client : clients) {
                client.close();
            }
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    @Test
    void aGatewayThatJoinsBehindALoadBalancerGetsItsShareAndNoClientNotices() throws Exception {
        String topic = "share-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 3, 3);
        List<KafkaProducer<String, String>> producers = new ArrayList<>();
        try (RecordingRelay balancer = RecordingRelay.listen(TestGateway.PORTS);
                TestGateway first = behind(balancer).start()) {
            balancer.relayTo(first.bootstrapPort());
            for (int i = 0; i < 6; i++) {
                Map<String, Object> config = Clients.as("localhost:" + balancer.firstPort(), "ann");
                producers.add(Clients.producer(config));
            }
            int sent = send(producers, topic);
            assertThat(first.gatehouse().connections()).isGreaterThanOrEqualTo(6);

            try (TestGateway joined = behind(balancer).start()) {
                balancer.balanceWith(joined.bootstrapPort());
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (joined.gatehouse().connections() * 4
                        < joined.gatehouse().connections() + first.gatehouse().connections()) {
                    assertThat(System.nanoTime())
                            .as("30 s for a quarter of the connections")
                            .isLessThan(deadline);
                    sent += send(producers, topic);
                }
                producers.forEach(KafkaProducer::close);
            }

            assertThat(Clients.readAll(kafka.bootstrapServers(), topic)).hasSize(sent);
        } finally {
            producers.forEach(KafkaProducer::close);
        }
    }

    private static TestGateway.Builder behind(RecordingRelay balancer) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .advertisedPort(balancer.firstPort())
                .limit("connections.max.age", "1s");
    }

    private static int send(List<KafkaProducer<String, String>> producers, String topic) throws Exception {
        int sent = 0;
        for (KafkaProducer<String, String> producer : producers) {
            producer.send(new ProducerRecord<>(topic, "r")).get(20, TimeUnit.SECONDS);
            sent++;
        }
        return sent;
    }
}
