/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.broker.BrokerConnector;
import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.kernel.broker.Transport;
import io.gatehouse.kernel.wire.Codec;
import io.gatehouse.kernel.wire.RandomMessages;
import io.gatehouse.kernel.wire.ResponseScanner;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.ResponseHandler;
import io.gatehouse.spi.interception.Subscriptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What clients may see of brokers. Nodes 0 to 2 have ports, node 7 is nowhere. */
class AddressRewriterTest {

    private static final Transport TRANSPORT = new Transport(1);
    private static final Codec CODEC = new Codec();
    private static final Uuid ID = Uuid.randomUuid();

    private final Cluster cluster = new Cluster(
            "local",
            List.of(),
            new BrokerConnector(TRANSPORT, CODEC, Map.of(), Duration.ofSeconds(1), Runnable::run),
            new EmbeddedChannel().eventLoop());
    private final NodePorts ports =
            new NodePorts(IntStream.rangeClosed(19092, 19095).boxed().toList(), 0, "gateway", 29092);
    private final Map<ApiKeys, ResponseHandler<ApiMessage>> handlers = subscribe("team-a");
    private boolean changed;

    @AfterAll
    static void closeTransport() {
        TRANSPORT.close();
    }

    @Test
    void metadataOfEveryVersionNamesTheGatewayOnly() {
        for (short version : ApiKeys.METADATA.allVersions()) {
            MetadataResponseData rewritten = rewrite(ApiKeys.METADATA, version, metadata(version));

            assertThat(rewritten.brokers())
                    .extracting(broker -> broker.nodeId() + " " + broker.host() + ":" + broker.port())
                    .containsExactly("1 gateway:29094", "2 gateway:29095");
            List<MetadataResponsePartition> partitions =
                    rewritten.topics().iterator().next().partitions();
            assertThat(partitions)
                    .extracting(partition -> partition.leaderId() + " " + Errors.forCode(partition.errorCode()))
                    .containsExactly("1 NONE", "-1 LEADER_NOT_AVAILABLE", "-1 LEADER_NOT_AVAILABLE");
            assertThat(partitions)
                    .allSatisfy(
                            partition -> assertThat(partition.replicaNodes()).containsExactly(1, 2, 7))
                    .allSatisfy(partition -> assertThat(partition.isrNodes()).containsExactly(1, 7));
            assertThat(rewritten.controllerId()).isEqualTo(-1);
            assertThat(rewritten.clusterId()).isEqualTo(version >= 2 ? "team-a@real-id" : null);
        }
    }

    @Test
    void aControllerThatHasAPortStays() {
        MetadataResponseData rewritten =
                rewrite(ApiKeys.METADATA, (short) 9, metadata((short) 9).setControllerId(2));

        assertThat(rewritten.controllerId()).isEqualTo(2);
    }

    @Test
    void passthroughSeesTheRealClusterId() {
        assertThat(AddressRewriter.visibleClusterId(User.PASSTHROUGH, "real-id"))
                .isEqualTo("real-id");
        assertThat(AddressRewriter.visibleClusterId("team-a", "real-id")).isEqualTo("team-a@real-id");
        assertThat(AddressRewriter.visibleClusterId("team-a", null)).isNull();
    }

    @Test
    void aSingleCoordinatorIsTheGatewaysOrNotAvailable() {
        for (short version = 0; version <= 3; version++) {
            FindCoordinatorResponseData known = rewrite(ApiKeys.FIND_COORDINATOR, version, coordinator(2));
            FindCoordinatorResponseData nowhere = rewrite(ApiKeys.FIND_COORDINATOR, version, coordinator(7));
            FindCoordinatorResponseData failed = rewrite(
                    ApiKeys.FIND_COORDINATOR,
                    version,
                    new FindCoordinatorResponseData()
                            .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code())
                            .setNodeId(-1)
                            .setPort(-1));

            assertThat(known.nodeId() + " " + known.host() + ":" + known.port()).isEqualTo("2 gateway:29095");
            assertThat(known.errorCode()).isZero();
            assertThat(nowhere.nodeId() + " " + nowhere.host() + ":" + nowhere.port())
                    .isEqualTo("-1 :-1");
            assertThat(nowhere.errorCode()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
            assertThat(failed.errorCode()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
        }
    }

    @Test
    void coordinatorsOfABatchAreTheGatewaysOrNotAvailable() {
        for (short version = 4; version <= ApiKeys.FIND_COORDINATOR.latestVersion(); version++) {
            FindCoordinatorResponseData batch = new FindCoordinatorResponseData()
                    .setCoordinators(List.of(
                            inBatch("a", 0, "real-0"),
                            inBatch("b", 7, "real-7"),
                            inBatch("c", -1, "").setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code())));

            FindCoordinatorResponseData rewritten = rewrite(ApiKeys.FIND_COORDINATOR, version, batch);

            assertThat(rewritten.coordinators())
                    .extracting(each -> each.key() + " " + Errors.forCode(each.errorCode()) + " " + each.nodeId() + " "
                            + each.host() + ":" + each.port())
                    .containsExactly(
                            "a NONE 0 gateway:29093",
                            "b COORDINATOR_NOT_AVAILABLE -1 :-1",
                            "c GROUP_AUTHORIZATION_FAILED -1 :9092");
        }
    }

    @Test
    void describeClusterOfEveryVersionNamesTheGatewayOnly() {
        for (short version : ApiKeys.DESCRIBE_CLUSTER.allVersions()) {
            DescribeClusterResponseData rewritten = rewrite(ApiKeys.DESCRIBE_CLUSTER, version, describeCluster());

            assertThat(rewritten.brokers())
                    .extracting(broker -> broker.brokerId() + " " + broker.host() + ":" + broker.port())
                    .containsExactly("1 gateway:29094");
            assertThat(rewritten.controllerId()).isEqualTo(-1);
            assertThat(rewritten.clusterId()).isEqualTo("team-a@real-id");
        }
    }

    @Test
    void controllersAreNotShown() {
        for (short version = 1; version <= ApiKeys.DESCRIBE_CLUSTER.latestVersion(); version++) {
            DescribeClusterResponseData rewritten = rewrite(
                    ApiKeys.DESCRIBE_CLUSTER,
                    version,
                    describeCluster().setEndpointType((byte) 2).setControllerId(1));

            assertThat(rewritten.brokers()).isEmpty();
        }
    }

    @Test
    void listenersOfTheQuorumAreEmptied() {
        DescribeQuorumResponseData response = new DescribeQuorumResponseData();
        DescribeQuorumResponseData.Node node = new DescribeQuorumResponseData.Node().setNodeId(1);
        node.listeners()
                .add(new DescribeQuorumResponseData.Listener()
                        .setName("CONTROLLER")
                        .setHost("real")
                        .setPort(9093));
        response.nodes().add(node);

        DescribeQuorumResponseData rewritten = rewrite(ApiKeys.DESCRIBE_QUORUM, (short) 2, response);

        assertThat(rewritten.nodes()).hasSize(1);
        assertThat(rewritten.nodes().find(1).listeners()).isEmpty();
    }

    @Test
    void addressesInBrokerConfigsAreHiddenFromVirtualClustersOnly() {
        Map<ApiKeys, ResponseHandler<ApiMessage>> passthrough = subscribe(User.PASSTHROUGH);
        for (short version : ApiKeys.DESCRIBE_CONFIGS.allVersions()) {
            DescribeConfigsResponseData rewritten = rewrite(ApiKeys.DESCRIBE_CONFIGS, version, configs());

            assertThat(rewritten.results().get(0).configs())
                    .extracting(DescribeConfigsResourceResult::name)
                    .containsExactly("log.dirs");
            assertThat(rewritten.results().get(1).configs())
                    .extracting(DescribeConfigsResourceResult::name)
                    .containsExactly("listeners");
        }
        assertThat(passthrough).doesNotContainKey(ApiKeys.DESCRIBE_CONFIGS);
        assertThat(passthrough).containsKeys(ApiKeys.METADATA, ApiKeys.FIND_COORDINATOR, ApiKeys.DESCRIBE_CLUSTER);
    }

    @Test
    void leadersThatAreNowhereAreNotAvailableInDescribeTopicPartitions() {
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic topic =
                new DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic()
                        .setName("described")
                        .setTopicId(ID);
        for (int leader : new int[] {1, 7}) {
            topic.partitions()
                    .add(new DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition()
                            .setLeaderId(leader)
                            .setReplicaNodes(List.of(1, 7)));
        }
        response.topics().add(topic);

        DescribeTopicPartitionsResponseData rewritten = rewrite(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, (short) 0, response);

        assertThat(rewritten.topics().find("described").partitions())
                .extracting(partition -> partition.leaderId() + " " + Errors.forCode(partition.errorCode()) + " "
                        + partition.replicaNodes())
                .containsExactly("1 NONE [1, 7]", "-1 LEADER_NOT_AVAILABLE [1, 7]");
        assertThat(changed).isTrue();
        assertThat(cluster.topics().nameOf(ID)).contains("described");
    }

    @Test
    void topicNamesAreLearnedFromWhatPassesAndCreateTopicsStaysAsItIs() {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        response.topics()
                .add(new CreateTopicsResponseData.CreatableTopicResult()
                        .setName("created")
                        .setTopicId(ID));

        rewrite(ApiKeys.CREATE_TOPICS, (short) 7, response);

        assertThat(changed).isFalse();
        assertThat(cluster.topics().nameOf(ID)).contains("created");
        Uuid other = Uuid.randomUuid();
        MetadataResponseData metadata = new MetadataResponseData();
        metadata.topics().add(new MetadataResponseTopic().setName("seen").setTopicId(other));
        rewrite(ApiKeys.METADATA, (short) 12, metadata);
        assertThat(cluster.topics().nameOf(other)).contains("seen");
    }

    @Test
    void noRandomResponseShowsABrokersHost() {
        byte[] secret = RandomMessages.SECRET.getBytes(StandardCharsets.UTF_8);
        for (ApiKeys api : handlers.keySet()) {
            RandomMessages messages = new RandomMessages(api.id);
            for (short version : api.allVersions()) {
                for (int round = 0; round < 20; round++) {
                    ByteBuf frame = messages.response(api, version, round);
                    ApiMessage message = CODEC.decodeResponse(frame, api, version);
                    handlers.get(api).handle(message, null);

                    ByteBuf out = CODEC.encodeResponse(api, version, round, message, UnpooledByteBufAllocator.DEFAULT);

                    String text = out.toString(StandardCharsets.ISO_8859_1);
                    assertThat(text)
                            .as("%s v%d", api, version)
                            .doesNotContain(new String(secret, StandardCharsets.US_ASCII));
                    out.release();
                }
            }
        }
    }

    /** A new Kafka version that shows hosts in another response must not pass unseen. */
    @Test
    void everyResponseWithAHostIsRewrittenScannedOrKnownToBeHarmless() {
        Set<ApiKeys> harmless = Set.of(
                ApiKeys.DESCRIBE_ACLS, // of an ACL: the client's
                ApiKeys.DELETE_ACLS,
                ApiKeys.STREAMS_GROUP_HEARTBEAT, // the application's own endpoints
                ApiKeys.STREAMS_GROUP_DESCRIBE);
        Set<ApiKeys> open = new TreeSet<>();

        for (ApiKeys api : ApiKeys.clientApis()) {
            for (short version : api.allVersions()) {
                boolean covered =
                        handlers.containsKey(api) || harmless.contains(api) || ResponseScanner.applies(api.id, version);
                if (!covered && mentionsHost(api.messageType.responseSchemas()[version])) {
                    open.add(api);
                }
            }
        }

        assertThat(open).isEmpty();
    }

    private static boolean mentionsHost(Type type) {
        if (type instanceof Schema schema) {
            for (BoundField field : schema.fields()) {
                if (field.def.name.equals("host") || mentionsHost(field.def.type)) {
                    return true;
                }
            }
            return false;
        }
        if (type instanceof TaggedFields tagged) {
            return tagged.fields().values().stream()
                    .anyMatch(field -> field.name.equals("host") || mentionsHost(field.type));
        }
        return type.arrayElementType().map(AddressRewriterTest::mentionsHost).orElse(false);
    }

    private Map<ApiKeys, ResponseHandler<ApiMessage>> subscribe(String virtualCluster) {
        Route route = new Route(cluster, Optional.empty(), true, OptionalInt.empty(), ports);
        Map<ApiKeys, ResponseHandler<ApiMessage>> found = new EnumMap<>(ApiKeys.class);
        Subscriptions on = (Subscriptions) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Subscriptions.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("response");
                    found.put((ApiKeys) arguments[0], handler(arguments[2]));
                    return null;
                });
        new AddressRewriter(route, virtualCluster)
                .subscribe(User.named("alice").virtualCluster(virtualCluster).build(), on);
        return found;
    }

    @SuppressWarnings("unchecked")
    private static ResponseHandler<ApiMessage> handler(Object argument) {
        return (ResponseHandler<ApiMessage>) argument;
    }

    /** As it comes from a broker in that version, and as it goes on to the client. */
    @SuppressWarnings("unchecked")
    private <M extends ApiMessage> M rewrite(ApiKeys api, short version, M response) {
        ApiMessage received = throughBytes(api, version, response);
        Decision decision = handlers.get(api).handle(received, null);
        changed = ((Decision.Forward) decision).message() != null;
        return (M) throughBytes(api, version, received);
    }

    private static ApiMessage throughBytes(ApiKeys api, short version, ApiMessage message) {
        ByteBuf frame = CODEC.encodeResponse(api, version, 1, message, UnpooledByteBufAllocator.DEFAULT);
        try {
            return CODEC.decodeResponse(frame, api, version);
        } finally {
            frame.release();
        }
    }

    private static MetadataResponseData metadata(short version) {
        MetadataResponseData response =
                new MetadataResponseData().setClusterId("real-id").setControllerId(7);
        for (int node : new int[] {1, 2, 7}) {
            response.brokers()
                    .add(new MetadataResponseBroker()
                            .setNodeId(node)
                            .setHost("real-" + node)
                            .setPort(9092));
        }
        MetadataResponseTopic topic = new MetadataResponseTopic().setName("orders");
        for (int leader : new int[] {1, 7, -1}) {
            topic.partitions()
                    .add(new MetadataResponsePartition()
                            .setLeaderId(leader)
                            .setErrorCode(leader == -1 ? Errors.LEADER_NOT_AVAILABLE.code() : 0)
                            .setReplicaNodes(List.of(1, 2, 7))
                            .setIsrNodes(List.of(1, 7))
                            .setOfflineReplicas(version >= 5 ? List.of(2) : List.of()));
        }
        response.topics().add(topic);
        return response;
    }

    private static FindCoordinatorResponseData coordinator(int node) {
        return new FindCoordinatorResponseData()
                .setNodeId(node)
                .setHost("real-" + node)
                .setPort(9092);
    }

    private static FindCoordinatorResponseData.Coordinator inBatch(String key, int node, String host) {
        return new FindCoordinatorResponseData.Coordinator()
                .setKey(key)
                .setNodeId(node)
                .setHost(host)
                .setPort(9092);
    }

    private static DescribeClusterResponseData describeCluster() {
        DescribeClusterResponseData response =
                new DescribeClusterResponseData().setClusterId("real-id").setControllerId(7);
        for (int node : new int[] {1, 7}) {
            response.brokers()
                    .add(new DescribeClusterBroker()
                            .setBrokerId(node)
                            .setHost("real-" + node)
                            .setPort(9092));
        }
        return response;
    }

    private static DescribeConfigsResponseData configs() {
        DescribeConfigsResult broker = new DescribeConfigsResult()
                .setResourceType((byte) 4)
                .setResourceName("1")
                .setConfigs(List.of(
                        config("listeners"),
                        config("advertised.listeners"),
                        config("log.dirs"),
                        config("controller.quorum.voters"),
                        config("controller.quorum.bootstrap.servers")));
        DescribeConfigsResult topic = new DescribeConfigsResult()
                .setResourceType((byte) 2)
                .setResourceName("orders")
                .setConfigs(List.of(config("listeners")));
        return new DescribeConfigsResponseData().setResults(List.of(broker, topic));
    }

    private static DescribeConfigsResourceResult config(String name) {
        return new DescribeConfigsResourceResult().setName(name).setValue("PLAINTEXT://real:9092");
    }
}
