/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.namespace.NamespaceConfig.Additional;
import io.gatehouse.plugins.namespace.NamespaceConfig.Mode;
import io.gatehouse.plugins.namespace.NamespaceConfig.Overlap;
import io.gatehouse.spi.User;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a namespace takes for nobody's, or leaves to brokers to refuse. */
class RefusalsTest {

    private static InterceptorHarness harness(Mode mode) {
        return InterceptorHarness.of(
                new NamespaceInterceptorFactory(),
                new NamespaceConfig("team-a.", mode, new Additional(List.of(), List.of()), Overlap.REFUSE),
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
}
