/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import static io.gatehouse.kafka.embedded.KafkaClients.PATIENCE;
import static io.gatehouse.kafka.embedded.KafkaClients.consume;
import static io.gatehouse.kafka.embedded.KafkaClients.produce;
import static io.gatehouse.kafka.embedded.KafkaClients.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedKafkaClusterTest {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @Test
    void everyBrokerIsKnownUnderTheAddressThatItIsSaidToHave() throws Exception {
        EmbeddedKafkaCluster cluster = kafka.cluster();

        assertThat(cluster.nodeIds()).containsExactly(1, 2, 3);
        assertThat(cluster.admin().describeCluster().clusterId().get()).isEqualTo(cluster.clusterId());
        assertThat(cluster.bootstrapServers().split(","))
                .containsExactlyElementsOf(cluster.nodeIds().stream()
                        .map(cluster::brokerAddress)
                        .map(address -> address.getHostString() + ":" + address.getPort())
                        .toList());
    }

    @Test
    void producersAndConsumersFollowALeaderThatMoved() throws Exception {
        String topic = uniqueName("moved-leader");
        TopicPartition partition = new TopicPartition(topic, 0);
        kafka.cluster().createTopic(topic, 1, 3);

        for (int leader : List.of(1, 2, 3)) {
            kafka.cluster().moveLeader(partition, leader);
            produce(kafka.bootstrapServers(), Map.of(), topic, "led by " + leader);
        }

        assertThat(leaderOf(partition)).isEqualTo(3);
        assertThat(consume(kafka.bootstrapServers(), Map.of(), topic, 3))
                .containsExactly("led by 1", "led by 2", "led by 3");
    }

    @Test
    void aLeaderMovesToABrokerThatWasNoReplica() throws Exception {
        String topic = uniqueName("moved-replica");
        TopicPartition partition = new TopicPartition(topic, 0);
        kafka.cluster().createTopic(topic, 1, 1);
        produce(kafka.bootstrapServers(), Map.of(), topic, "before");
        int target = leaderOf(partition) % 3 + 1;

        kafka.cluster().moveLeader(partition, target);

        assertThat(leaderOf(partition)).isEqualTo(target);
        assertThat(consume(kafka.bootstrapServers(), Map.of(), topic, 1)).containsExactly("before");
    }

    @Test
    void aTopicThatIsThereAlreadyIsMadeAnew() throws Exception {
        String topic = uniqueName("anew");
        Uuid first = kafka.cluster().createTopic(topic, 1, 3);
        produce(kafka.bootstrapServers(), Map.of(), topic, "before");

        Uuid second = kafka.cluster().createTopic(topic, 2, 3);
        produce(kafka.bootstrapServers(), Map.of(), topic, "after");

        assertThat(second).isNotEqualTo(first);
        assertThat(consume(kafka.bootstrapServers(), Map.of(), topic, 1)).containsExactly("after");
    }

    @Test
    void aStoppedBrokerRefusesConnectionsAndReturnsWithItsAddressAndData() throws Exception {
        EmbeddedKafkaCluster cluster = kafka.cluster();
        String replicated = uniqueName("replicated");
        String alone = uniqueName("alone");
        cluster.createTopic(replicated, 1, 3);
        cluster.createTopic(alone, 1, 1);
        cluster.moveLeader(new TopicPartition(replicated, 0), 2);
        cluster.moveLeader(new TopicPartition(alone, 0), 2);
        produce(cluster.bootstrapServers(), Map.of(), replicated, "before");
        produce(cluster.bootstrapServers(), Map.of(), alone, "kept");
        InetSocketAddress address = cluster.brokerAddress(2);

        cluster.stopBroker(2);
        try {
            assertThatThrownBy(() -> RawKafkaClient.connect(address.getHostString(), address.getPort()))
                    .isInstanceOf(ConnectException.class);
            produce(cluster.bootstrapServers(), Map.of(), replicated, "meanwhile");
        } finally {
            cluster.startBroker(2);
        }

        assertThat(cluster.brokerAddress(2)).isEqualTo(address);
        assertThat(consume(cluster.bootstrapServers(), Map.of(), alone, 1)).containsExactly("kept");
        assertThat(consume(cluster.bootstrapServers(), Map.of(), replicated, 2)).containsExactly("before", "meanwhile");
    }

    @Test
    void aConsumerGroupOfEitherProtocolReadsAndCommits() throws Exception {
        String topic = uniqueName("groups");
        kafka.cluster().createTopic(topic, 3, 1);
        produce(kafka.bootstrapServers(), Map.of(), topic, "one", "two");

        for (String protocol : List.of("classic", "consumer")) {
            Map<String, Object> configuration = Map.of(
                    "bootstrap.servers",
                    kafka.bootstrapServers(),
                    "group.id",
                    uniqueName(protocol),
                    "group.protocol",
                    protocol,
                    "auto.offset.reset",
                    "earliest");
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(configuration, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(topic));
                List<String> values = new ArrayList<>();
                await().atMost(PATIENCE).until(() -> {
                    consumer.poll(Duration.ofMillis(100)).forEach(consumed -> values.add(consumed.value()));
                    return values.size() >= 2;
                });
                consumer.commitSync();

                assertThat(values).containsExactly("one", "two");
                TopicPartition partition = new TopicPartition(topic, 0);
                assertThat(consumer.committed(Set.of(partition)).get(partition).offset())
                        .isEqualTo(2);
            }
        }
    }

    @Test
    void aTransactionCommits() throws Exception {
        String topic = uniqueName("transaction");
        kafka.cluster().createTopic(topic, 1, 3);
        Map<String, Object> configuration =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", uniqueName("transaction"));

        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(configuration, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "aborted"));
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "committed"));
            producer.commitTransaction();
        }

        assertThat(consume(kafka.bootstrapServers(), Map.of("isolation.level", "read_committed"), topic, 1))
                .containsExactly("committed");
    }

    @Test
    void aShareGroupReadsWhatAProducerWrote() throws Exception {
        String topic = uniqueName("share");
        String group = uniqueName("share-group");
        kafka.cluster().createTopic(topic, 1, 3);
        ConfigResource groupConfiguration = new ConfigResource(ConfigResource.Type.GROUP, group);
        AlterConfigOp fromTheBeginning =
                new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
        kafka.cluster()
                .admin()
                .incrementalAlterConfigs(Map.of(groupConfiguration, List.of(fromTheBeginning)))
                .all()
                .get();
        produce(kafka.bootstrapServers(), Map.of(), topic, "one", "two", "three");

        Map<String, Object> configuration = Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", group);
        List<String> values = new ArrayList<>();
        try (KafkaShareConsumer<String, String> consumer =
                new KafkaShareConsumer<>(configuration, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(consumed -> values.add(consumed.value()));
                return values.size() >= 3;
            });
        }

        assertThat(values).containsExactly("one", "two", "three");
    }

    @Test
    void shareGroupsStreamsGroupsAndTheNewestFeaturesAreFinalized() throws Exception {
        Map<String, Short> levels = new HashMap<>();
        kafka.cluster()
                .admin()
                .describeFeatures()
                .featureMetadata()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .finalizedFeatures()
                .forEach((feature, range) -> levels.put(feature, range.maxVersionLevel()));

        assertThat(levels)
                .containsEntry("share.version", (short) 2)
                .containsEntry("streams.version", (short) 1)
                .containsEntry("transaction.version", (short) 2)
                .containsEntry("group.version", (short) 1)
                .containsEntry("kraft.version", (short) 1);
    }

    @Test
    void aStreamsGroupIsJoined() throws Exception {
        String topic = uniqueName("streams");
        String group = uniqueName("streams-group");
        kafka.cluster().createTopic(topic, 1, 1);

        // The first question for a coordinator creates the offsets topic, and its partitions take a moment.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(joinStreamsGroup(group, topic)).isEqualTo(Errors.NONE));
    }

    private static Errors joinStreamsGroup(String group, String topic) throws Exception {
        InetSocketAddress bootstrap = kafka.cluster().brokerAddress(1);
        FindCoordinatorRequestData question = new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group));
        Coordinator coordinator;
        try (RawKafkaClient client = RawKafkaClient.connect(bootstrap.getHostString(), bootstrap.getPort())) {
            FindCoordinatorResponseData answer = client.exchange(ApiKeys.FIND_COORDINATOR, 4, question, 1, null);
            coordinator = answer.coordinators().get(0);
        }
        if (coordinator.errorCode() != Errors.NONE.code()) {
            return Errors.forCode(coordinator.errorCode());
        }
        Subtopology subtopology = new Subtopology().setSubtopologyId("0").setSourceTopics(List.of(topic));
        StreamsGroupHeartbeatRequestData join = new StreamsGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId("member")
                .setProcessId("process")
                .setRebalanceTimeoutMs(10_000)
                .setActiveTasks(List.of())
                .setStandbyTasks(List.of())
                .setWarmupTasks(List.of())
                .setTopology(new Topology().setEpoch(1).setSubtopologies(List.of(subtopology)));
        try (RawKafkaClient client = RawKafkaClient.connect(coordinator.host(), coordinator.port())) {
            StreamsGroupHeartbeatResponseData response =
                    client.exchange(ApiKeys.STREAMS_GROUP_HEARTBEAT, 0, join, 1, "streams");
            return Errors.forCode(response.errorCode());
        }
    }

    private static int leaderOf(TopicPartition partition) throws Exception {
        return kafka.cluster()
                .admin()
                .describeTopics(List.of(partition.topic()))
                .allTopicNames()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .get(partition.topic())
                .partitions()
                .get(partition.partition())
                .leader()
                .id();
    }
}
