/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgePartition;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopic;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopicCollection;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchPartitionCollection;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopicCollection;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every response that carries addresses, in every version, in bytes: what the client is told is the gateway, where it
 * has to be told anything, and no broker. That no broker's address is among the bytes is asserted by the
 * {@link WatchedGateway} after each test.
 */
class AddressesIT {

    @RegisterExtension
    static final WatchedGateway gateway = WatchedGateway.virtualCluster("allow");

    private static final String TOPIC = "addresses";
    private static final int LEADER = 1;
    private static final int NO_LEADER = 2;
    private static Uuid topicId = Uuid.ZERO_UUID;

    @BeforeAll
    static void createTopic() {
        topicId = gateway.kafka().createTopic(TOPIC, 1, 3);
        // Twice, so that there has been an epoch of another leader.
        gateway.kafka().moveLeader(new TopicPartition(TOPIC, 0), NO_LEADER);
        gateway.kafka().moveLeader(new TopicPartition(TOPIC, 0), LEADER);
    }

    static IntStream metadataVersions() {
        return versions(ApiKeys.METADATA);
    }

    @ParameterizedTest
    @MethodSource("metadataVersions")
    void metadataNamesTheGatewaysPortOfEveryNode(int version) throws Exception {
        MetadataRequestData request =
                new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName(TOPIC)));

        MetadataResponseData response = exchange(gateway.bootstrapPort(), ApiKeys.METADATA, version, request);

        assertThat(response.brokers()).hasSize(3).allSatisfy(broker -> {
            assertThat(broker.host()).isEqualTo("localhost");
            assertThat(broker.port()).isEqualTo(gateway.portOf(broker.nodeId()));
        });
        assertThat(response.topics().find(TOPIC).partitions().get(0).leaderId()).isEqualTo(LEADER);
    }

    static IntStream describeClusterVersions() {
        return versions(ApiKeys.DESCRIBE_CLUSTER);
    }

    @ParameterizedTest
    @MethodSource("describeClusterVersions")
    void describeClusterNamesTheGatewaysPortOfEveryNode(int version) throws Exception {
        DescribeClusterResponseData response =
                exchange(gateway.bootstrapPort(), ApiKeys.DESCRIBE_CLUSTER, version, new DescribeClusterRequestData());

        assertThat(response.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(response.clusterId()).isEqualTo("team-a@" + gateway.kafka().clusterId());
        assertThat(response.brokers()).hasSize(3).allSatisfy(broker -> {
            assertThat(broker.host()).isEqualTo("localhost");
            assertThat(broker.port()).isEqualTo(gateway.portOf(broker.brokerId()));
        });
    }

    static IntStream findCoordinatorVersions() {
        return versions(ApiKeys.FIND_COORDINATOR);
    }

    @ParameterizedTest
    @MethodSource("findCoordinatorVersions")
    void findCoordinatorNamesTheGatewaysPortOneByOneAndInBatches(int version) throws Exception {
        FindCoordinatorRequestData request = version < 4
                ? new FindCoordinatorRequestData().setKey(TOPIC)
                : new FindCoordinatorRequestData().setCoordinatorKeys(List.of(TOPIC, TOPIC + "-2", TOPIC + "-3"));

        FindCoordinatorResponseData response = coordinators(version, request);

        if (version < 4) {
            assertThat(response.host()).isEqualTo("localhost");
            assertThat(response.port()).isEqualTo(gateway.portOf(response.nodeId()));
            return;
        }
        assertThat(response.coordinators()).hasSize(3).allSatisfy(coordinator -> {
            assertThat(coordinator.host()).isEqualTo("localhost");
            assertThat(coordinator.port()).isEqualTo(gateway.portOf(coordinator.nodeId()));
        });
    }

    @ParameterizedTest
    @MethodSource("findCoordinatorVersions")
    void aCoordinatorThatThereIsNotIsNobodyAndKeepsItsError(int version) throws Exception {
        byte shareGroups = 2;
        byte unknownKeyType = version < 6 ? shareGroups : 9;
        if (version == 0) {
            return;
        }
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType(unknownKeyType);
        if (version < 4) {
            request.setKey(TOPIC);
        } else {
            request.setCoordinatorKeys(List.of(TOPIC));
        }

        FindCoordinatorResponseData response =
                exchange(gateway.bootstrapPort(), ApiKeys.FIND_COORDINATOR, version, request);

        short error = version < 4
                ? response.errorCode()
                : response.coordinators().get(0).errorCode();
        int nodeId =
                version < 4 ? response.nodeId() : response.coordinators().get(0).nodeId();
        assertThat(Errors.forCode(error)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(nodeId).isEqualTo(-1);
    }

    static IntStream describeQuorumVersions() {
        return versions(ApiKeys.DESCRIBE_QUORUM);
    }

    @ParameterizedTest
    @MethodSource("describeQuorumVersions")
    void describeQuorumNamesNoListener(int version) throws Exception {
        DescribeQuorumRequestData request = new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0)))));

        DescribeQuorumResponseData response =
                exchange(gateway.bootstrapPort(), ApiKeys.DESCRIBE_QUORUM, version, request);

        assertThat(response.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(response.topics().get(0).partitions().get(0).currentVoters()).isNotEmpty();
        assertThat(response.nodes()).allMatch(node -> node.listeners().isEmpty());
    }

    static IntStream describeConfigsVersions() {
        return versions(ApiKeys.DESCRIBE_CONFIGS);
    }

    @ParameterizedTest
    @MethodSource("describeConfigsVersions")
    void configsOfABrokerNameNoAddress(int version) throws Exception {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(ConfigResource.Type.BROKER.id())
                        .setResourceName("1")));

        DescribeConfigsResponseData response = exchange(gateway.portOf(1), ApiKeys.DESCRIBE_CONFIGS, version, request);

        assertThat(response.results().get(0).configs())
                .extracting(DescribeConfigsResourceResult::name)
                .contains("log.dirs", "node.id")
                .doesNotContain(
                        "listeners",
                        "advertised.listeners",
                        "controller.quorum.voters",
                        "controller.quorum.bootstrap.servers");
    }

    static IntStream produceVersions() {
        return versions(ApiKeys.PRODUCE);
    }

    @ParameterizedTest
    @MethodSource("produceVersions")
    void aProduceThatMissesTheLeaderIsToldNoEndpoint(int version) throws Exception {
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        MemoryRecords records =
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("value".getBytes(StandardCharsets.UTF_8)));
        TopicProduceData topic = new TopicProduceData()
                .setPartitionData(List.of(new PartitionProduceData().setIndex(0).setRecords(records)));
        topics.add(version < 13 ? topic.setName(TOPIC) : topic.setTopicId(topicId));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) 1).setTimeoutMs(5_000).setTopicData(topics);

        ProduceResponseData direct = exchange(brokerPort(), ApiKeys.PRODUCE, version, request.duplicate());
        ProduceResponseData response = exchange(gateway.portOf(NO_LEADER), ApiKeys.PRODUCE, version, request);

        assertThat(direct.nodeEndpoints().isEmpty()).isEqualTo(version < 10);
        assertThat(response.nodeEndpoints()).isEmpty();
        assertThat(Errors.forCode(response.responses()
                        .iterator()
                        .next()
                        .partitionResponses()
                        .get(0)
                        .errorCode()))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    static IntStream fetchVersions() {
        return versions(ApiKeys.FETCH);
    }

    @ParameterizedTest
    @MethodSource("fetchVersions")
    void aFetchThatMissesTheLeaderIsToldNoEndpoint(int version) throws Exception {
        // From version 11 on a follower would answer a fetch that does not name the leader's epoch.
        FetchPartition partition =
                new FetchPartition().setPartition(0).setPartitionMaxBytes(1_000).setCurrentLeaderEpoch(0);
        FetchTopic topic = new FetchTopic().setPartitions(List.of(partition));
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(100)
                .setMinBytes(1)
                .setMaxBytes(1_000)
                .setSessionEpoch(-1)
                .setTopics(List.of(version < 13 ? topic.setTopic(TOPIC) : topic.setTopicId(topicId)));

        FetchResponseData direct = exchange(brokerPort(), ApiKeys.FETCH, version, request.duplicate());
        FetchResponseData response = exchange(gateway.portOf(NO_LEADER), ApiKeys.FETCH, version, request);

        assertThat(direct.nodeEndpoints().isEmpty()).isEqualTo(version < 16);
        assertThat(response.nodeEndpoints()).isEmpty();
        assertThat(response.responses().get(0).partitions().get(0).errorCode()).isNotEqualTo(Errors.NONE.code());
    }

    static IntStream shareFetchVersions() {
        return versions(ApiKeys.SHARE_FETCH);
    }

    @ParameterizedTest
    @MethodSource("shareFetchVersions")
    void aShareFetchThatMissesTheLeaderIsToldNoEndpoint(int version) throws Exception {
        ShareFetchRequestData direct = shareFetch(Uuid.randomUuid());
        ShareFetchRequestData request = shareFetch(Uuid.randomUuid());

        ShareFetchResponseData ofBroker = exchange(brokerPort(), ApiKeys.SHARE_FETCH, version, direct);
        ShareFetchResponseData response = exchange(gateway.portOf(NO_LEADER), ApiKeys.SHARE_FETCH, version, request);

        assertThat(ofBroker.nodeEndpoints()).isNotEmpty();
        assertThat(response.nodeEndpoints()).isEmpty();
        assertThat(response.responses()).isEqualTo(ofBroker.responses()).isNotEmpty();
    }

    static IntStream shareAcknowledgeVersions() {
        return versions(ApiKeys.SHARE_ACKNOWLEDGE);
    }

    @ParameterizedTest
    @MethodSource("shareAcknowledgeVersions")
    void aShareAcknowledgeThatMissesTheLeaderIsToldNoEndpoint(int version) throws Exception {
        Uuid ofBroker = Uuid.randomUuid();
        Uuid member = Uuid.randomUuid();

        ShareAcknowledgeResponseData direct = acknowledge(brokerPort(), version, ofBroker);
        ShareAcknowledgeResponseData response = acknowledge(gateway.portOf(NO_LEADER), version, member);

        assertThat(response.nodeEndpoints()).isEmpty();
        assertThat(response.errorCode()).as(String.valueOf(direct)).isZero();
        assertThat(response.responses()).isEqualTo(direct.responses()).isNotEmpty();
    }

    @Test
    void everyConnectionOfJavaClientsGoesToTheGateway() throws Exception {
        int before = gateway.openedConnections();

        try (KafkaProducer<String, String> producer =
                        new KafkaProducer<>(gateway.config(), new StringSerializer(), new StringSerializer());
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        gateway.config("group.id", TOPIC), new StringDeserializer(), new StringDeserializer());
                Admin admin = Admin.create(gateway.config())) {
            producer.send(new ProducerRecord<>(TOPIC, "value")).get();
            consumer.subscribe(List.of(TOPIC));
            await().pollInterval(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(50));
                return !consumer.assignment().isEmpty();
            });
            admin.describeLogDirs(List.of(1, 2, 3)).allDescriptions().get();
        }

        // At least: bootstrap and leader; bootstrap and coordinator; bootstrap and three nodes.
        assertThat(gateway.openedConnections() - before).isGreaterThanOrEqualTo(8);
        gateway.assertNoAddressWasLearnt();
    }

    @Test
    void theRelayWouldSeeABrokersAddress() throws Exception {
        try (RecordingRelay relay = RecordingRelay.listen(1);
                RawKafkaClient client = connectThrough(relay)) {
            client.exchange(ApiKeys.METADATA, 12, new MetadataRequestData(), 1, "raw");

            assertThat(relay.sightings()).isNotEmpty();
        }
    }

    /** A relay in front of a broker. */
    private static RawKafkaClient connectThrough(RecordingRelay relay) throws IOException {
        relay.forbid("localhost", brokerPort());
        relay.relayTo(brokerPort());
        return RawKafkaClient.connect("localhost", relay.firstPort());
    }

    /** A new group's topic of offsets may still be about to be created. */
    private static FindCoordinatorResponseData coordinators(int version, FindCoordinatorRequestData request) {
        return await().until(
                        () -> exchange(gateway.bootstrapPort(), ApiKeys.FIND_COORDINATOR, version, request.duplicate()),
                        (FindCoordinatorResponseData response) -> response.errorCode() == Errors.NONE.code()
                                && response.coordinators().stream()
                                        .map(Coordinator::errorCode)
                                        .allMatch(error -> error == Errors.NONE.code()));
    }

    private static ShareFetchRequestData shareFetch(Uuid memberId) {
        FetchPartitionCollection partitions = new FetchPartitionCollection();
        partitions.add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
        FetchTopicCollection topics = new FetchTopicCollection();
        topics.add(new ShareFetchRequestData.FetchTopic().setTopicId(topicId).setPartitions(partitions));
        return new ShareFetchRequestData()
                .setGroupId(TOPIC)
                .setMemberId(memberId.toString())
                .setMaxWaitMs(100)
                .setMaxBytes(1_000)
                .setMaxRecords(10)
                .setBatchSize(10)
                .setTopics(topics);
    }

    /** Opens a share session, which is what an acknowledgement needs, and acknowledges on the same connection. */
    private static ShareAcknowledgeResponseData acknowledge(int port, int version, Uuid memberId) throws IOException {
        AcknowledgeTopicCollection topics = new AcknowledgeTopicCollection();
        ShareAcknowledgeRequestData.AcknowledgePartitionCollection partitions =
                new ShareAcknowledgeRequestData.AcknowledgePartitionCollection();
        partitions.add(new AcknowledgePartition()
                .setPartitionIndex(0)
                .setAcknowledgementBatches(List.of(new ShareAcknowledgeRequestData.AcknowledgementBatch()
                        .setFirstOffset(0)
                        .setLastOffset(0)
                        .setAcknowledgeTypes(List.of((byte) 1)))));
        topics.add(new AcknowledgeTopic().setTopicId(topicId).setPartitions(partitions));
        ShareAcknowledgeRequestData request = new ShareAcknowledgeRequestData()
                .setGroupId(TOPIC)
                .setMemberId(memberId.toString())
                .setShareSessionEpoch(1)
                .setTopics(topics);
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", port)) {
            client.exchange(ApiKeys.SHARE_FETCH, version, shareFetch(memberId), 1, "raw");
            return client.exchange(ApiKeys.SHARE_ACKNOWLEDGE, version, request, 2, "raw");
        }
    }

    private static <R extends ApiMessage> R exchange(int port, ApiKeys api, int version, ApiMessage request)
            throws IOException {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", port)) {
            return client.exchange(api, version, request, 42, "raw");
        }
    }

    private static int brokerPort() {
        return gateway.kafka().brokerAddress(NO_LEADER).getPort();
    }

    private static IntStream versions(ApiKeys api) {
        return api.allVersions().stream().mapToInt(Short::intValue);
    }
}
