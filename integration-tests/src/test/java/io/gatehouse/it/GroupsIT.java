/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of every protocol: classic, KIP-848, share (KIP-932); those of Streams are in {@link StreamsIT}. */
class GroupsIT {

    @RegisterExtension
    static final WatchedGateway gateway = WatchedGateway.passthrough();

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void twoMembersShareThePartitionsAndAThirdContinuesWhereTheyCommitted(String protocol) throws Exception {
        String topic = "groups-" + protocol;
        gateway.kafka().createTopic(topic, 4, 3);
        Map<String, Object> config = groupConfig(protocol, topic);
        produce(topic, 0, 200);
        Set<String> received = new HashSet<>();

        try (KafkaConsumer<String, String> one = consumer(config);
                KafkaConsumer<String, String> other = consumer(config)) {
            one.subscribe(List.of(topic));
            other.subscribe(List.of(topic));
            await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
                pollInto(received, one);
                pollInto(received, other);
                return received.size() == 200
                        && one.assignment().size() == 2
                        && other.assignment().size() == 2
                        && position(one) + position(other) == 200;
            });
            one.commitSync();
            other.commitSync();
        }
        produce(topic, 200, 250);
        List<String> continued = new ArrayList<>();
        try (KafkaConsumer<String, String> third = consumer(config)) {
            third.subscribe(List.of(topic));
            await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
                third.poll(Duration.ofMillis(50)).forEach(record -> continued.add(record.value()));
                return continued.size() >= 50;
            });
        }

        assertThat(continued).containsExactlyInAnyOrderElementsOf(values(200, 250));
        assertThat(typeOf(topic)).isEqualTo(protocol.equals("classic") ? GroupType.CLASSIC : GroupType.CONSUMER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aStaticMemberComesBackToItsPartitionsWithoutARebalance(String protocol) throws Exception {
        String topic = "groups-static-" + protocol;
        gateway.kafka().createTopic(topic, 2, 3);
        Map<String, Object> stays = groupConfig(protocol, topic);
        stays.put("group.instance.id", "stays");
        Map<String, Object> returns = groupConfig(protocol, topic);
        returns.put("group.instance.id", "returns");

        try (KafkaConsumer<String, String> staying = consumer(stays)) {
            staying.subscribe(List.of(topic));
            Set<TopicPartition> before;
            try (KafkaConsumer<String, String> leaving = consumer(returns)) {
                leaving.subscribe(List.of(topic));
                await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
                    staying.poll(Duration.ofMillis(50));
                    leaving.poll(Duration.ofMillis(50));
                    return staying.assignment().size() == 1
                            && leaving.assignment().size() == 1;
                });
                before = leaving.assignment();
                leaving.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP));
            }
            try (KafkaConsumer<String, String> returned = consumer(returns)) {
                returned.subscribe(List.of(topic));
                await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
                    staying.poll(Duration.ofMillis(50));
                    returned.poll(Duration.ofMillis(50));
                    return !returned.assignment().isEmpty();
                });

                assertThat(returned.assignment()).isEqualTo(before);
                assertThat(staying.assignment()).hasSize(1).doesNotContainAnyElementsOf(before);
            }
        }
    }

    @Test
    void aShareGroupDeliversReleasesAndRejects() throws Exception {
        String topic = "groups-share";
        gateway.kafka().createTopic(topic, 2, 3);
        try (Admin admin = Admin.create(gateway.config())) {
            ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, topic);
            ConfigEntry earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
            admin.incrementalAlterConfigs(Map.of(group, List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        produce(topic, 0, 60);
        Map<String, Object> config = gateway.config("group.id", topic, "share.acknowledgement.mode", "explicit");
        List<String> accepted = new ArrayList<>();
        List<String> rejected = new ArrayList<>();
        Set<String> released = new HashSet<>();

        try (KafkaShareConsumer<String, String> one = shareConsumer(config);
                KafkaShareConsumer<String, String> other = shareConsumer(config)) {
            one.subscribe(List.of(topic));
            other.subscribe(List.of(topic));
            await().atMost(PATIENCE).pollInterval(Duration.ZERO).until(() -> {
                for (KafkaShareConsumer<String, String> consumer : List.of(one, other)) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                        int number = Integer.parseInt(record.value().substring("value".length()));
                        if (number % 10 == 0) {
                            consumer.acknowledge(record, AcknowledgeType.REJECT);
                            rejected.add(record.value());
                        } else if (number % 10 == 5 && released.add(record.value())) {
                            consumer.acknowledge(record, AcknowledgeType.RELEASE);
                        } else {
                            consumer.acknowledge(record, AcknowledgeType.ACCEPT);
                            accepted.add(record.value());
                        }
                    }
                    assertThat(consumer.commitSync(Duration.ofSeconds(10)).values())
                            .allMatch(problem -> problem.isEmpty());
                }
                return accepted.size() + rejected.size() >= 60;
            });
        }

        assertThat(rejected).hasSize(6).doesNotHaveDuplicates();
        assertThat(released).hasSize(6);
        assertThat(accepted).hasSize(54).doesNotHaveDuplicates().containsAll(released);
        assertThat(typeOf(topic)).isEqualTo(GroupType.SHARE);
    }

    private static Map<String, Object> groupConfig(String protocol, String group) {
        Map<String, Object> config = gateway.config(
                "group.id",
                group,
                "group.protocol",
                protocol,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false");
        if (protocol.equals("classic")) {
            config.put("heartbeat.interval.ms", "300");
            config.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        }
        return config;
    }

    private static KafkaConsumer<String, String> consumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private static KafkaShareConsumer<String, String> shareConsumer(Map<String, Object> config) {
        return new KafkaShareConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    /** Over all its partitions: one that has just been taken over may be read from the start again. */
    private static long position(KafkaConsumer<String, String> consumer) {
        return consumer.assignment().stream().mapToLong(consumer::position).sum();
    }

    private static void pollInto(Set<String> values, KafkaConsumer<String, String> consumer) {
        consumer.poll(Duration.ofMillis(50)).forEach(record -> values.add(record.value()));
    }

    private static void produce(String topic, int from, int to) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(gateway.config(), new StringSerializer(), new StringSerializer())) {
            values(from, to).forEach(value -> producer.send(new ProducerRecord<>(topic, value, value)));
        }
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> "value" + number).toList();
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
