/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kernel.plugins.PluginStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Twenty users produce and consume as fast as they can while the jar of their interceptor is replaced, again and again. */
class PluginSoakIT {

    private static final int USERS = 20;
    private static final String LOADER = "io.gatehouse.kernel.plugins.PluginClassLoader";

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    Path jars;

    private volatile boolean stop;

    @Test
    void fiftyReplacementsUnderTraffic() throws Exception {
        soak(50);
    }

    @Test
    @Tag("full")
    void aThousandReplacementsUnderTraffic() throws Exception {
        soak(1_000);
    }

    private void soak(int replacements) throws Exception {
        int others = Heap.reachable(LOADER);
        List<String> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            users.add("soak-" + i);
            kafka.cluster().createTopic(topic(users.get(i), replacements), 1, 1);
        }
        try (TestGateway gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts(users.toArray(String[]::new))
                .resource("policy.yaml", """
                        {apiVersion: gatehouse/v1, kind: Interceptor, metadata: {name: stamp},
                         spec: {type: stamp, scope: {all: true}, config: {text: soak}}}
                        """)
                .plugin(StampPlugin.jar(jars, "1.0.0"))
                .start()) {
            ExecutorService threads = Executors.newFixedThreadPool(2 * USERS);
            List<Sender> senders = new ArrayList<>();
            List<Reader> readers = new ArrayList<>();
            List<Future<?>> running = new ArrayList<>();
            for (String user : users) {
                Sender sender = new Sender(gateway, user, topic(user, replacements));
                Reader reader = new Reader(gateway, user, topic(user, replacements), sender);
                senders.add(sender);
                readers.add(reader);
                running.add(threads.submit(sender));
                running.add(threads.submit(reader));
            }
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> readers.stream().allMatch(reader -> reader.read > 0));
            double accepted = gateway.metric("gatehouse_connections_accepted_total");
            Heap.Usage before = null;
            long begun = System.nanoTime();

            for (int i = 1; i <= replacements; i++) {
                String version = "1." + i + ".0";
                gateway.dropPlugin(StampPlugin.jar(jars, version));
                gateway.gatehouse().rescanPlugins();
                assertThat(running(gateway)).isEqualTo(version);
                awaitHandledBy(version, readers);
                if (i == 10) {
                    awaitLoaders(others + 2);
                    before = Heap.Usage.now();
                }
            }

            double seconds = (System.nanoTime() - begun) / 1e9;
            double acceptedAfter = gateway.metric("gatehouse_connections_accepted_total");
            awaitLoaders(others + 2);
            Heap.Usage after = Heap.Usage.now();
            stop = true;
            for (Future<?> each : running) {
                each.get(2, TimeUnit.MINUTES);
            }
            threads.shutdownNow();
            long sent =
                    senders.stream().mapToLong(sender -> sender.acknowledged).sum();
            long read = readers.stream().mapToLong(reader -> reader.read).sum();
            Set<String> generations = new HashSet<>();
            readers.forEach(reader -> generations.addAll(reader.generations));
            System.out.printf(
                    "soak: %d replacements in %.1f s, %d users, %d records sent, %d read, by %d generations;"
                            + " new connections: %.0f; before: %s; after: %s%n",
                    replacements,
                    seconds,
                    USERS,
                    sent,
                    read,
                    generations.size(),
                    acceptedAfter - accepted,
                    before,
                    after);

            assertThat(read).isEqualTo(sent).isPositive();
            assertThat(generations).hasSizeGreaterThanOrEqualTo(replacements);
            assertThat(acceptedAfter).as("connections").isEqualTo(accepted);
            assertThat(gateway.metric("gatehouse_plugins_leaked_generations")).isZero();
            assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 5);
            assertThat(after.fileDescriptors()).isLessThanOrEqualTo(before.fileDescriptors() + 10);
            assertThat(after.metaspaceBytes()).isLessThan(before.metaspaceBytes() + 4_000_000);
        }
    }

    private static String topic(String user, int replacements) {
        return user + "-" + replacements;
    }

    private static String running(TestGateway gateway) {
        return gateway.gatehouse().pluginStatuses().stream()
                .filter(status -> status.state() == PluginStatus.State.STARTED && "stamp".equals(status.id()))
                .map(PluginStatus::version)
                .findFirst()
                .orElse("none");
    }

    /** All users meet every generation: else the replacements would be faster than the traffic. */
    private static void awaitHandledBy(String version, List<Reader> readers) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofMinutes(1))
                .until(() -> readers.stream().allMatch(reader -> reader.generations.contains(version)));
    }

    /** Of the two plugins that run nothing is reachable but the generations in use. */
    private static void awaitLoaders(int expected) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> Heap.reachable(LOADER) <= expected);
    }

    /** Sends numbers, as fast as they are acknowledged. */
    private final class Sender implements Runnable {
        private final Map<String, Object> config;
        private final String topic;
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private volatile long acknowledged;
        private volatile boolean done;

        private Sender(TestGateway gateway, String user, String topic) {
            this.config = Clients.as(gateway.bootstrapServers(), user);
            this.topic = topic;
            config.put("enable.idempotence", true);
            config.put("acks", "all");
        }

        @Override
        public void run() {
            try (KafkaProducer<String, String> producer = Clients.producer(config)) {
                long next = 0;
                while (!stop) {
                    for (int i = 0; i < 50; i++) {
                        producer.send(new ProducerRecord<>(topic, Long.toString(next++)), (metadata, e) -> {
                            if (e != null) {
                                failure.compareAndSet(null, e);
                            }
                        });
                    }
                    producer.flush();
                    if (failure.get() != null) {
                        throw new IllegalStateException("a record was not acknowledged", failure.get());
                    }
                    acknowledged = next;
                }
            } finally {
                done = true;
            }
        }
    }

    /** Reads the numbers: none may be missing or come twice, and each was handled by one generation. */
    private final class Reader implements Runnable {
        private final Map<String, Object> config;
        private final String topic;
        private final Sender sender;
        private final Set<String> generations = ConcurrentHashMap.newKeySet();
        private volatile long read;

        private Reader(TestGateway gateway, String user, String topic, Sender sender) {
            this.config = Clients.as(gateway.bootstrapServers(), user);
            this.topic = topic;
            this.sender = sender;
            config.put("group.id", topic);
            config.put("auto.offset.reset", "earliest");
        }

        @Override
        public void run() {
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(topic));
                while (!sender.done || read < sender.acknowledged) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                        assertThat(record.value()).isEqualTo(Long.toString(read));
                        List<String> met = Clients.headers(record, StampInterceptorFactory.HEADER);
                        assertThat(met)
                                .as("generations that handled %s of %s", record.value(), topic)
                                .hasSize(1);
                        generations.add(met.get(0).substring(met.get(0).indexOf(':') + 1));
                        read++;
                    }
                }
            }
        }
    }
}
