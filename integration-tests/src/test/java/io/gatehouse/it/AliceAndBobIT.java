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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The example interceptor, for alice alone, on a listener that she shares with bob. */
class AliceAndBobIT {

    private static final int CONNECTIONS_EACH = 100;
    private static final int RECORDS_EACH = 20;
    private static final List<String> COMPRESSIONS = List.of("none", "gzip", "snappy", "lz4", "zstd");

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice", "bob")
                .plugin(TestGateway.jarOf("examples/interceptor-starter"))
                .resource("interceptors.yaml", """
                        apiVersion: gatehouse/v1
                        kind: Interceptor
                        metadata: {name: stamp-alice}
                        spec: {type: starter, scope: {username: alice}}
                        """)
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void theInterceptorOfAliceNeverTouchesBobOverAHundredConnectionsOfEach() throws Exception {
        kafka.cluster().createTopic("alice-and-bob", 3, 1);
        List<KafkaProducer<String, String>> producers = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS_EACH; i++) {
                producers.add(producer("alice", COMPRESSIONS.get(i % COMPRESSIONS.size())));
                producers.add(producer("bob", COMPRESSIONS.get(i % COMPRESSIONS.size())));
            }
            ExecutorService threads = Executors.newFixedThreadPool(8);
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < producers.size(); i++) {
                KafkaProducer<String, String> producer = producers.get(i);
                String user = i % 2 == 0 ? "alice" : "bob";
                tasks.add(() -> send(producer, user));
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
            threads.shutdown();

            assertThat(gateway.gatehouse().connections()).isGreaterThanOrEqualTo(2 * CONNECTIONS_EACH);
        } finally {
            producers.forEach(producer -> producer.close(Duration.ZERO));
        }

        List<ConsumerRecord<String, String>> records = Clients.readAll(kafka.bootstrapServers(), "alice-and-bob");
        assertThat(records).hasSize(2 * CONNECTIONS_EACH * RECORDS_EACH).allSatisfy(record -> {
            assertThat(record.value()).isEqualTo("value of " + record.key());
            assertThat(Clients.headers(record, "x-gatehouse-user"))
                    .isEqualTo(record.key().equals("alice") ? List.of("alice") : List.of());
        });
        Awaitility.await().until(() -> gateway.gatehouse().connections() == 0);
    }

    @Test
    void whatNobodyAskedForIsNeverDecoded() throws Exception {
        kafka.cluster().createTopic("decodes", 1, 1);
        try (KafkaProducer<String, String> bob = producer("bob", "lz4");
                KafkaProducer<String, String> alice = producer("alice", "lz4")) {
            send("decodes", bob, "bob");
            send("decodes", alice, "alice");
            long before = gateway.gatehouse().codec().decodedRequests();

            for (int i = 0; i < RECORDS_EACH; i++) {
                send("decodes", bob, "bob");
            }

            assertThat(gateway.gatehouse().codec().decodedRequests() - before)
                    .as("decoded requests while bob produced")
                    .isZero();

            for (int i = 0; i < RECORDS_EACH; i++) {
                send("decodes", alice, "alice");
            }

            assertThat(gateway.gatehouse().codec().decodedRequests() - before)
                    .as("decoded requests while alice produced")
                    .isEqualTo(RECORDS_EACH);
            assertThat(gateway.metric("gatehouse_decoded_requests"))
                    .isEqualTo(gateway.gatehouse().codec().decodedRequests());
        }
    }

    @Test
    void fetchesOfBothAreCutThrough() throws Exception {
        kafka.cluster().createTopic("decoded-fetches", 1, 1);
        try (KafkaProducer<String, String> producer = producer("bob", "none")) {
            for (int i = 0; i < RECORDS_EACH; i++) {
                send("decoded-fetches", producer, "bob");
            }
        }
        for (String user : List.of("alice", "bob")) {
            double fetches = fetches();
            double others = gateway.metric("gatehouse_requests_total") - fetches;
            long decoded = decoded();

            assertThat(Clients.readAll(Clients.as(gateway.bootstrapServers(), user), "decoded-fetches"))
                    .hasSize(RECORDS_EACH);

            assertThat(fetches()).isGreaterThan(fetches);
            double othersNow = gateway.metric("gatehouse_requests_total") - fetches();
            assertThat(decoded() - decoded)
                    .as("requests and responses decoded, none of which may be a fetch")
                    .isLessThanOrEqualTo((long) (2 * (othersNow - others)));
        }
    }

    private static double fetches() {
        return gateway.management("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("gatehouse_requests_total{api=\"Fetch\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static long decoded() {
        return gateway.gatehouse().codec().decodedRequests()
                + gateway.gatehouse().codec().decodedResponses();
    }

    private static KafkaProducer<String, String> producer(String user, String compression) {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), user);
        config.put("compression.type", compression);
        config.put("enable.idempotence", true);
        config.put("linger.ms", 5);
        config.put("buffer.memory", 1024 * 1024);
        return Clients.producer(config);
    }

    private static Void send(KafkaProducer<String, String> producer, String user) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < RECORDS_EACH; i++) {
            sent.add(producer.send(new ProducerRecord<>("alice-and-bob", user, "value of " + user)));
        }
        for (Future<?> each : sent) {
            each.get(60, TimeUnit.SECONDS);
        }
        return null;
    }

    private static void send(String topic, KafkaProducer<String, String> producer, String user) throws Exception {
        producer.send(new ProducerRecord<>(topic, user, "value of " + user)).get(30, TimeUnit.SECONDS);
    }
}
