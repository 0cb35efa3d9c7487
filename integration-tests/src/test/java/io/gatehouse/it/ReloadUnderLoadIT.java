/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process is asked for a reload again and again while clients work: those of a listener that stays as it is notice nothing. */
class ReloadUnderLoadIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private final Set<String> consumed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stop;

    @Test
    void twentyHangUpsWithAnotherListenersChangeCloseNoConnectionAndLoseNoRecord() throws Exception {
        hangUp(20);
    }

    @Test
    @Tag("full")
    void aHundredHangUpsWithAnotherListenersChangeCloseNoConnectionAndLoseNoRecord() throws Exception {
        hangUp(100);
    }

    private void hangUp(int times) throws Exception {
        String topic = "hang-ups-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 3, 3);
        int other = FreePorts.take(2);
        TestGateway.Builder described = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .listener(
                        "{name: other, ports: [" + other
                                + "], advertisedHost: localhost, route: {cluster: local}, authentication: [{type: plain, cost: 4}]}");
        try (GatewayProcess gateway = GatewayProcess.start(described, "INFO", Map.of())) {
            ExecutorService clients = Executors.newCachedThreadPool();
            var producing = CompletableFuture.runAsync(() -> produce(gateway, topic), clients);
            var consuming = CompletableFuture.runAsync(() -> consume(gateway, topic), clients);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> consumed.size() > 100);
            double closed = gateway.metric("gatehouse_connections_closed_total");
            int before = sent.get();
            int from = other;
            for (int round = 1; round <= times; round++) {
                int to = from == other ? other + 1 : other;
                String gone = "ports: [" + from + "]";
                String come = "ports: [" + to + "]";
                gateway.reload(text -> text.replace(gone, come));
                int reloads = round;
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(5))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> gateway.metric("gatehouse_reloads_total") >= reloads);
                assertThat(accepts(to)).isTrue();
                assertThat(accepts(from)).isFalse();
                from = to;
            }
            assertThat(gateway.management("/metrics").body())
                    .contains("gatehouse_reloads_total{outcome=\"success\"} " + times + ".0");
            // The probe of each round, and none of the clients'.
            Awaitility.await()
                    .untilAsserted(() -> assertThat(gateway.metric("gatehouse_connections_closed_total"))
                            .isEqualTo(closed + times));
            assertThat(sent.get()).isGreaterThan(before + times);

            stop = true;
            producing.get(30, TimeUnit.SECONDS);
            consuming.get(30, TimeUnit.SECONDS);
            assertThat(failure.get()).isNull();
            assertThat(consumed).hasSize(sent.get());
            clients.shutdown();
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void produce(GatewayProcess gateway, String topic) {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), "ann");
        config.put("retries", 0);
        config.put("enable.idempotence", false);
        try (KafkaProducer<String, String> producer = Clients.producer(config)) {
            while (!stop) {
                producer.send(new ProducerRecord<>(topic, "r" + sent.get())).get(20, TimeUnit.SECONDS);
                sent.incrementAndGet();
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private void consume(GatewayProcess gateway, String topic) {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), "ann");
        config.put("group.id", topic);
        config.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(Set.of(topic));
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            while ((!stop || consumed.size() < sent.get()) && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> consumed.add(record.value()));
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }
}
