/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Kafka Streams application: internal topics, exactly-once, and both group protocols (KIP-1071). */
class StreamsIT {

    @RegisterExtension
    static final WatchedGateway gateway = WatchedGateway.passthrough();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void wordsAreCounted(String protocol) throws Exception {
        String application = "streams-" + protocol + "-" + Long.toString(System.nanoTime(), 36);
        String lines = application + "-lines";
        String counts = application + "-counts";
        gateway.kafka().createTopic(lines, 2, 3);
        gateway.kafka().createTopic(counts, 2, 3);
        produce(lines, "the quick brown fox", "jumps over the lazy dog", "The end");
        Set<Integer> ports = new HashSet<>();

        try (ClientProcess process = ClientProcess.start(folder, command(application, lines, counts, protocol))) {
            Map<String, Long> counted = read(process, ports, counts);

            assertThat(counted).hasSize(9).containsEntry("the", 3L).containsEntry("quick", 1L);
            assertThat(typeOf(application))
                    .isEqualTo(protocol.equals("streams") ? GroupType.STREAMS : GroupType.CLASSIC);
        }
        assertThat(ports).isNotEmpty().allMatch(gateway.relay()::hasPort);
    }

    private List<String> command(String application, String lines, String counts, String protocol) {
        Path target = Path.of(System.getProperty("gatehouse.root", ".."), "integration-tests", "target")
                .toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                target.resolve("test-classes") + ":" + target.resolve("streams") + "/*",
                WordCountApplication.class.getName(),
                lines,
                counts));
        Map<String, Object> config = gateway.config(
                "application.id", application,
                "group.protocol", protocol,
                "state.dir", folder.toString(),
                "replication.factor", "3",
                "num.stream.threads", "2",
                "processing.guarantee", "exactly_once_v2",
                "commit.interval.ms", "100",
                "consumer.auto.offset.reset", "earliest");
        config.forEach((key, value) -> {
            command.add(key);
            command.add(value.toString());
        });
        return command;
    }

    private static void produce(String topic, String... lines) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(gateway.config(), new StringSerializer(), new StringSerializer())) {
            for (String line : lines) {
                producer.send(new ProducerRecord<>(topic, line));
            }
        }
    }

    /** The last counts, when all words have been counted; gathers to which ports the application is connected meanwhile. */
    private static Map<String, Long> read(ClientProcess application, Set<Integer> ports, String topic) {
        Map<String, Object> config =
                gateway.config("group.id", topic, "auto.offset.reset", "earliest", "isolation.level", "read_committed");
        try (KafkaConsumer<String, Long> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new LongDeserializer())) {
            consumer.subscribe(List.of(topic));
            Map<String, Long> counts = new HashMap<>();
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ZERO).until(() -> {
                assertThat(application.isRunning()).as(application.output()).isTrue();
                consumer.poll(Duration.ofMillis(100)).forEach(record -> counts.put(record.key(), record.value()));
                ports.addAll(application.remotePorts());
                return counts.values().stream().mapToLong(count -> count).sum() == 11;
            });
            return counts;
        }
    }

    private static GroupType typeOf(String group) throws Exception {
        try (Admin admin = Admin.create(gateway.config())) {
            return admin.listGroups().all().get().stream()
                    .filter(listing -> listing.groupId().equals(group))
                    .findFirst()
                    .orElseThrow()
                    .type()
                    .orElseThrow();
        }
    }
}
