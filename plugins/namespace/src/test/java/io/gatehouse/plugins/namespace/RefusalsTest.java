/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.namespace.NamespaceConfig.Additional;
import io.gatehouse.plugins.namespace.NamespaceConfig.AdditionalNames;
import io.gatehouse.plugins.namespace.NamespaceConfig.Conflict;
import io.gatehouse.plugins.namespace.NamespaceConfig.Mode;
import io.gatehouse.plugins.namespace.NamespaceConfig.Overlap;
import io.gatehouse.spi.User;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.KeyValue;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a namespace takes for nobody's, or leaves to brokers to refuse. */
class RefusalsTest {

    private static InterceptorHarness harness(Mode mode, AdditionalNames... topics) {
        return InterceptorHarness.of(
                new NamespaceInterceptorFactory(),
                new NamespaceConfig("team-a.", mode, new Additional(List.of(topics), List.of()), Overlap.REFUSE),
                User.named("alice").virtualCluster("team-a").cluster("local").build());
    }

    /** Its key has the id of a topic in it, and only brokers ask. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void theCoordinatorOfASharePartitionIsForBrokersOnly(Mode mode) {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData()
                .setKeyType(CoordinatorType.SHARE.id())
                .setCoordinatorKeys(List.of("team-a.readers:AAAAAAAAAAAAAAAAAAAAAA:0"));
        try (InterceptorHarness harness = harness(mode)) {
            assertThat(harness.request(ApiKeys.FIND_COORDINATOR, (short) 6, request)
                            .error())
                    .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        }
    }

    static Stream<Arguments> followers() {
        return Stream.of(
                Arguments.of(ApiKeys.FETCH, 11, new FetchRequestData().setReplicaId(1)),
                Arguments.of(ApiKeys.LIST_OFFSETS, 9, new ListOffsetsRequestData().setReplicaId(1)),
                Arguments.of(
                        ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, new OffsetForLeaderEpochRequestData().setReplicaId(1)));
    }

    @ParameterizedTest
    @MethodSource("followers")
    void whoReadsAsAFollowerIsRefused(ApiKeys api, int version, ApiMessage request) {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            assertThat(harness.request(api, (short) version, request).error())
                    .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        }
    }

    static Stream<Arguments> emptyNames() {
        return Stream.of(
                Arguments.of(ApiKeys.HEARTBEAT, 4, new HeartbeatRequestData()),
                Arguments.of(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, new ConsumerGroupHeartbeatRequestData()),
                Arguments.of(ApiKeys.SHARE_GROUP_HEARTBEAT, 1, new ShareGroupHeartbeatRequestData()),
                Arguments.of(ApiKeys.INIT_PRODUCER_ID, 4, new InitProducerIdRequestData().setTransactionalId("")));
    }

    @ParameterizedTest
    @MethodSource("emptyNames")
    void anEmptyNameThatBrokersRefuseDoesNotBecomeThePrefix(ApiKeys api, int version, ApiMessage request) {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            Outcome outcome = harness.request(api, (short) version, request);

            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(outcome.message().toString()).doesNotContain("team-a");
        }
    }

    /** A type that a later Kafka may have: its names may be anybody's. */
    @Test
    void aConfigResourceOfAnUnknownTypeReachesNoBrokerAndIsAnsweredInItsPlace() {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                        .setResourceType((byte) 77)
                        .setResourceName("somebodys")));
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            Outcome outcome = harness.request(ApiKeys.DESCRIBE_CONFIGS, (short) 4, request);
            var sent = outcome.message(DescribeConfigsRequestData.class)
                    .resources()
                    .get(0);
            byte typeSent = sent.resourceType();
            var seen = outcome.response(new DescribeConfigsResponseData()
                            .setResults(List.of(new DescribeConfigsResponseData.DescribeConfigsResult()
                                    .setResourceType(typeSent)
                                    .setResourceName(sent.resourceName())
                                    .setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code()))))
                    .message(DescribeConfigsResponseData.class)
                    .results()
                    .get(0);

            assertThat(typeSent).isEqualTo(ConfigResource.Type.TOPIC.id());
            assertThat(seen.resourceType()).isEqualTo((byte) 77);
            assertThat(seen.resourceName()).isEqualTo("somebodys");
            assertThat(Errors.forCode(seen.errorCode())).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        }
    }

    /** Brokers make the internal topics of Streams, with the configurations that the application asks for. */
    @ParameterizedTest
    @CsvSource({
        "own-changelog, retention.ms, NONE",
        "own-changelog, leader.replication.throttled.replicas, POLICY_VIOLATION",
        "audit, retention.ms, TOPIC_AUTHORIZATION_FAILED",
    })
    void streamsHasTopicsMadeAsTheTenantCouldMakeThem(String topic, String config, Errors expected) {
        TopicInfo changelog = new TopicInfo()
                .setName(topic)
                .setTopicConfigs(List.of(new KeyValue().setKey(config).setValue("1")));
        StreamsGroupHeartbeatRequestData request = new StreamsGroupHeartbeatRequestData()
                .setGroupId("words")
                .setTopology(new Topology()
                        .setSubtopologies(List.of(new Subtopology()
                                .setSubtopologyId("0")
                                .setSourceTopics(List.of("audit"))
                                .setStateChangelogTopics(List.of(changelog)))));
        AdditionalNames audit = new AdditionalNames(List.of("audit"), Optional.empty(), Conflict.IGNORE, false);
        try (InterceptorHarness harness = harness(Mode.HIDE, audit).broker(RefusalsTest::onlyAdditional)) {
            Outcome outcome = harness.request(ApiKeys.STREAMS_GROUP_HEARTBEAT, (short) 0, request);

            if (expected != Errors.NONE) {
                assertThat(outcome.error()).isEqualTo(expected);
                return;
            }
            Subtopology sent = outcome.message(StreamsGroupHeartbeatRequestData.class)
                    .topology()
                    .subtopologies()
                    .get(0);
            assertThat(sent.sourceTopics()).containsExactly("audit");
            assertThat(sent.stateChangelogTopics())
                    .singleElement()
                    .satisfies(made -> assertThat(made.name()).isEqualTo("team-a.own-changelog"));
        }
    }

    /** There are additional topics, and none of the namespace's own. */
    private static ApiMessage onlyAdditional(ApiMessage asked) {
        MetadataResponseData there = new MetadataResponseData();
        ((MetadataRequestData) asked)
                .topics()
                .forEach(topic -> there.topics()
                        .add(new MetadataResponseData.MetadataResponseTopic()
                                .setName(topic.name())
                                .setErrorCode(
                                        topic.name().startsWith("team-a.")
                                                ? Errors.UNKNOWN_TOPIC_OR_PARTITION.code()
                                                : Errors.NONE.code())));
        return there;
    }

    @Test
    void aTopicWithAConfigThatIsNotOnTheListIsNotMadeAndOthersAre() {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        for (String[] topic :
                new String[][] {{"good", "retention.ms"}, {"bad", "leader.replication.throttled.replicas"}}) {
            CreatableTopic created =
                    new CreatableTopic().setName(topic[0]).setNumPartitions(1).setReplicationFactor((short) 1);
            created.configs().add(new CreatableTopicConfig().setName(topic[1]).setValue("1"));
            request.topics().add(created);
        }
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            Outcome outcome = harness.request(ApiKeys.CREATE_TOPICS, (short) 7, request);
            CreateTopicsResponseData response = new CreateTopicsResponseData();
            List<String> sent = outcome.message(CreateTopicsRequestData.class).topics().stream()
                    .map(CreatableTopic::name)
                    .toList();
            sent.forEach(name -> response.topics()
                    .add(new CreatableTopicResult()
                            .setName(name)
                            .setErrorCode(
                                    name.startsWith("team-a.")
                                            ? Errors.NONE.code()
                                            : Errors.INVALID_TOPIC_EXCEPTION.code())));
            CreateTopicsResponseData seen = outcome.response(response).message(CreateTopicsResponseData.class);

            assertThat(sent).contains("team-a.good").noneMatch(name -> name.equals("team-a.bad"));
            assertThat(sent.get(1)).as("a name that no topic can have").contains("/");
            assertThat(seen.topics().find("good").errorCode()).isZero();
            assertThat(Errors.forCode(seen.topics().find("bad").errorCode())).isEqualTo(Errors.POLICY_VIOLATION);
        }
    }
}
