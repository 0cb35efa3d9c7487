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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Node ids are sparse, and one has no port: it is nowhere, consistently. */
class NodesOutsideThePortsIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.own(
            () -> EmbeddedKafkaCluster.builder().nodeIds(2, 5, 40).build());

    private static final String TOPIC = "outside";
    private static final int INSIDE = 5;
    private static final int OUTSIDE = 40;
    private static @Nullable TestGateway gateway;

    @BeforeAll
    static void startGateway() {
        kafka.cluster().createTopic(TOPIC, 2, 3);
        kafka.cluster().moveLeader(new TopicPartition(TOPIC, 0), INSIDE);
        kafka.cluster().moveLeader(new TopicPartition(TOPIC, 1), OUTSIDE);
        // Ports of the bootstrap and of the nodes 2 to 6.
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .minNodeId(2)
                .ports(6)
                .start();
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    static IntStream metadataVersions() {
        return versions(ApiKeys.METADATA);
    }

    @ParameterizedTest
    @MethodSource("metadataVersions")
    void inMetadataItIsNeitherABrokerNorALeader(int version) throws Exception {
        MetadataRequestData request =
                new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName(TOPIC)));

        MetadataResponseData response = exchange(ApiKeys.METADATA, version, request);
        MetadataResponsePartition inside = partition(response, 0);
        MetadataResponsePartition outside = partition(response, 1);

        assertThat(response.brokers())
                .extracting(MetadataResponseBroker::nodeId)
                .containsExactlyInAnyOrder(2, INSIDE);
        assertThat(response.brokers())
                .extracting(MetadataResponseBroker::port)
                .containsExactlyInAnyOrder(port(2), port(INSIDE));
        assertThat(inside.leaderId()).isEqualTo(INSIDE);
        assertThat(inside.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(outside.leaderId()).isEqualTo(-1);
        assertThat(Errors.forCode(outside.errorCode())).isEqualTo(Errors.LEADER_NOT_AVAILABLE);
        assertThat(outside.replicaNodes()).contains(OUTSIDE);
    }

    @Test
    void itIsNeverTheController() throws Exception {
        Set<Integer> controllers = new HashSet<>();

        // A broker names any broker as the controller.
        for (int i = 0; i < 40; i++) {
            MetadataResponseData metadata =
                    exchange(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()));
            DescribeClusterResponseData cluster =
                    exchange(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData());
            controllers.add(metadata.controllerId());
            controllers.add(cluster.controllerId());
            assertThat(cluster.brokers())
                    .extracting(DescribeClusterBroker::brokerId)
                    .containsExactlyInAnyOrder(2, INSIDE);
        }

        assertThat(controllers).containsExactlyInAnyOrder(-1, 2, INSIDE);
    }

    @Test
    void inDescribeTopicPartitionsItLeadsNothing() throws Exception {
        DescribeTopicPartitionsResponseData response = exchange(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                0,
                new DescribeTopicPartitionsRequestData().setTopics(List.of(new TopicRequest().setName(TOPIC))));

        List<DescribeTopicPartitionsResponsePartition> partitions =
                response.topics().find(TOPIC).partitions();
        assertThat(partitions.get(0).leaderId()).isEqualTo(INSIDE);
        assertThat(partitions.get(1).leaderId()).isEqualTo(-1);
        assertThat(Errors.forCode(partitions.get(1).errorCode())).isEqualTo(Errors.LEADER_NOT_AVAILABLE);
    }

    @Test
    void aCoordinatorThatIsNowhereIsNotAvailable() throws Exception {
        String group = groupOf(OUTSIDE);

        FindCoordinatorResponseData alone =
                exchange(ApiKeys.FIND_COORDINATOR, 3, new FindCoordinatorRequestData().setKey(group));
        FindCoordinatorResponseData batch = exchange(
                ApiKeys.FIND_COORDINATOR,
                4,
                new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group, groupOf(INSIDE))));

        assertThat(Errors.forCode(alone.errorCode())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(alone.nodeId()).isEqualTo(-1);
        assertThat(alone.host()).isEmpty();
        assertThat(Errors.forCode(batch.coordinators().get(0).errorCode())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(batch.coordinators().get(0).nodeId()).isEqualTo(-1);
        assertThat(batch.coordinators().get(1).nodeId()).isEqualTo(INSIDE);
        assertThat(batch.coordinators().get(1).port()).isEqualTo(port(INSIDE));
    }

    @Test
    void whatHasAPortWorks() throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", gateway.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            assertThat(producer.send(new ProducerRecord<>(TOPIC, 0, null, "value"))
                            .get()
                            .hasOffset())
                    .isTrue();
        }
    }

    /** A group that this node coordinates, as a broker says itself. */
    private static String groupOf(int nodeId) {
        int broker = kafka.cluster().brokerAddress(2).getPort();
        return await().until(
                        () -> {
                            for (int i = 0; i < 50; i++) {
                                FindCoordinatorResponseData response = exchange(
                                        broker,
                                        ApiKeys.FIND_COORDINATOR,
                                        3,
                                        new FindCoordinatorRequestData().setKey("group" + i));
                                if (response.nodeId() == nodeId) {
                                    return "group" + i;
                                }
                            }
                            return null;
                        },
                        group -> group != null);
    }

    private static MetadataResponsePartition partition(MetadataResponseData response, int index) {
        return response.topics().find(TOPIC).partitions().stream()
                .filter(partition -> partition.partitionIndex() == index)
                .findFirst()
                .orElseThrow();
    }

    private static int port(int nodeId) {
        return gateway.bootstrapPort() + 1 + nodeId - 2;
    }

    private static <R extends ApiMessage> R exchange(ApiKeys api, int version, ApiMessage request) throws IOException {
        return exchange(gateway.bootstrapPort(), api, version, request);
    }

    private static <R extends ApiMessage> R exchange(int port, ApiKeys api, int version, ApiMessage request)
            throws IOException {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", port)) {
            return client.exchange(api, version, request, 42, "raw");
        }
    }

    private static IntStream versions(ApiKeys api) {
        return api.allVersions().stream().mapToInt(Short::intValue);
    }
}
