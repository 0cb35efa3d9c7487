/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Leaders move, brokers come and go, the gateway restarts: clients go on through the gateway. */
class ClusterChangesIT {

    @RegisterExtension
    static final KafkaExtension kafka =
            KafkaExtension.own(() -> EmbeddedKafkaCluster.builder().brokers(3).build());

    private static @Nullable TestGateway gateway;

    @BeforeAll
    static void startGateway() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous().start();
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    @Test
    void clientsFollowALeaderThatMoves() throws Exception {
        String topic = "changes-leader";
        kafka.cluster().createTopic(topic, 1, 3);
        TopicPartition partition = new TopicPartition(topic, 0);
        Set<String> received = new HashSet<>();

        try (OpenedConnections opened = OpenedConnections.watch();
                KafkaProducer<String, String> producer = producer(gateway.bootstrapServers());
                KafkaConsumer<String, String> consumer = consumer(topic)) {
            for (int nodeId : List.of(2, 3, 1)) {
                kafka.cluster().moveLeader(partition, nodeId);
                for (int i = 0; i < 50; i++) {
                    producer.send(new ProducerRecord<>(topic, nodeId + "-" + i));
                }
                producer.flush();
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ZERO)
                        .until(() -> {
                            consumer.poll(Duration.ofMillis(50)).forEach(record -> received.add(record.value()));
                            return received.contains(nodeId + "-49");
                        });
            }

            assertThat(received).hasSize(150);
            assertThat(ports(opened)).contains(gateway.portOf(1), gateway.portOf(2), gateway.portOf(3));
            assertThat(ports(opened)).doesNotContainAnyElementsOf(brokerPorts());
        }
    }

    @Test
    void aBrokerMayStopAndStartAgain() throws Exception {
        String topic = "changes-restart";
        kafka.cluster().createTopic(topic, 3, 3);

        try (KafkaProducer<String, String> producer = producer(gateway.bootstrapServers())) {
            sendToEveryPartition(producer, topic);
            kafka.cluster().stopBroker(2);
            sendToEveryPartition(producer, topic);
            kafka.cluster().startBroker(2);
            for (int partition = 0; partition < 3; partition++) {
                kafka.cluster().moveLeader(new TopicPartition(topic, partition), 2);
            }
            sendToEveryPartition(producer, topic);
        }
        try (KafkaProducer<String, String> straightToTheNode = producer("localhost:" + gateway.portOf(2))) {
            sendToEveryPartition(straightToTheNode, topic);
        }

        try (KafkaConsumer<String, String> consumer = consumer(topic)) {
            List<String> values = new ArrayList<>();
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(50)).forEach(record -> values.add(record.value()));
                return values.size() >= 12;
            });
            assertThat(values).hasSize(12);
        }
    }

    @Test
    void aBrokerMayComeAndGoForGood() throws Exception {
        String topic = "changes-added";
        kafka.cluster().createTopic(topic, 1, 3);
        TopicPartition partition = new TopicPartition(topic, 0);

        try (KafkaProducer<String, String> producer = producer(gateway.bootstrapServers())) {
            producer.send(new ProducerRecord<>(topic, "before")).get();
            kafka.cluster().addBroker(4);
            kafka.cluster().moveLeader(partition, 4);
            producer.send(new ProducerRecord<>(topic, "on the new one")).get();
            assertThat(nodes(gateway.bootstrapPort())).containsEntry(4, gateway.portOf(4));
            assertThat(nodes(gateway.portOf(4))).containsEntry(4, gateway.portOf(4));

            kafka.cluster().moveLeader(partition, 1);
            kafka.cluster().stopBroker(4);
            kafka.cluster().admin().unregisterBroker(4).all().get();
            producer.send(new ProducerRecord<>(topic, "after")).get();
        }

        await().untilAsserted(() -> assertThat(nodes(gateway.bootstrapPort())).doesNotContainKey(4));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.portOf(4))) {
                client.send(ApiKeys.METADATA, 12, new MetadataRequestData(), 1, "raw");
                assertThat(client.isClosedByPeer(Duration.ofSeconds(5))).isTrue();
            }
        });
    }

    @Test
    void aClientMayComeStraightToANodesPortAfterTheGatewayRestarted() throws Exception {
        String topic = "changes-straight";
        kafka.cluster().createTopic(topic, 1, 3);
        TestGateway.Builder same = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .firstPort(FreePorts.take(TestGateway.PORTS));

        TestGateway first = same.start();
        try (KafkaProducer<String, String> producer = producer(first.bootstrapServers())) {
            producer.send(new ProducerRecord<>(topic, "before")).get();
            first.close();
            try (TestGateway second = same.start()) {
                assertThat(nodes(second.portOf(3))).containsEntry(3, second.portOf(3));
                producer.send(new ProducerRecord<>(topic, "after")).get();
                try (KafkaProducer<String, String> straight = producer("localhost:" + second.portOf(2))) {
                    straight.send(new ProducerRecord<>(topic, "straight")).get();
                }
            }
        }
    }

    private static void sendToEveryPartition(KafkaProducer<String, String> producer, String topic)
            throws ExecutionException, InterruptedException {
        for (int partition = 0; partition < 3; partition++) {
            RecordMetadata sent = producer.send(new ProducerRecord<>(topic, partition, null, "value"))
                    .get();
            assertThat(sent.partition()).isEqualTo(partition);
        }
    }

    private static Map<Integer, Integer> nodes(int port) throws IOException {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", port)) {
            MetadataResponseData response = client.exchange(ApiKeys.METADATA, 12, new MetadataRequestData(), 1, "raw");
            return response.brokers().stream()
                    .collect(Collectors.toMap(MetadataResponseBroker::nodeId, MetadataResponseBroker::port));
        }
    }

    private static Set<Integer> ports(OpenedConnections opened) {
        return opened.all().stream().map(OpenedConnections.Opened::port).collect(Collectors.toSet());
    }

    private static List<Integer> brokerPorts() {
        return kafka.cluster().nodeIds().stream()
                .map(nodeId -> kafka.cluster().brokerAddress(nodeId).getPort())
                .toList();
    }

    private static KafkaProducer<String, String> producer(String bootstrapServers) {
        return new KafkaProducer<>(config(bootstrapServers), new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String topic) {
        Map<String, Object> config = config(gateway.bootstrapServers());
        config.put("group.id", topic);
        config.put("auto.offset.reset", "earliest");
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    private static Map<String, Object> config(String bootstrapServers) {
        return new HashMap<>(Map.of("bootstrap.servers", bootstrapServers, "reconnect.backoff.max.ms", "200"));
    }
}
