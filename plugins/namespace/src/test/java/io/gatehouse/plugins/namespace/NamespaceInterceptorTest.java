/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Single requests and responses, without a broker. */
class NamespaceInterceptorTest {

    @Test
    void metadataNamesWhatTheClientKnowsAndLeavesTheRestOut() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            MetadataRequestData request = new MetadataRequestData()
                    .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("orders")));

            Outcome forwarded = harness.request(ApiKeys.METADATA, (short) 9, request);
            MetadataRequestData sent = forwarded.message(MetadataRequestData.class);
            MetadataResponseData response = new MetadataResponseData();
            response.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("team-a.orders"));
            response.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("team-b.orders"));
            MetadataResponseData seen = forwarded.response(response).message(MetadataResponseData.class);

            assertThat(sent.topics()).extracting(topic -> topic.name()).containsExactly("team-a.orders");
            assertThat(seen.topics()).extracting(topic -> topic.name()).containsExactly("orders");
            assertThat(seen.topics().find("orders")).isNotNull();
        }
    }

    @Test
    void aFetchWithTopicIdsPassesUnchangedAndItsResponseIsNotLookedAt() {
        Uuid own = Uuid.randomUuid();
        try (InterceptorHarness harness = harness(Mode.HIDE).topic(own, "team-a.orders")) {
            Outcome outcome = harness.request(ApiKeys.FETCH, (short) 17, fetch(own));

            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FORWARDED);
            assertThat(outcome.changed()).isFalse();
            assertThat(harness.handlesResponses(ApiKeys.FETCH)).isFalse();
        }
    }

    @Test
    void theIdOfAForeignTopicIsNeverForwardedAndComesBackAsUnknown() {
        Uuid foreign = Uuid.randomUuid();
        try (InterceptorHarness harness = harness(Mode.HIDE).topic(foreign, "team-b.orders")) {
            Outcome outcome = harness.request(ApiKeys.FETCH, (short) 17, fetch(foreign));
            FetchRequestData sent = outcome.message(FetchRequestData.class);
            Uuid standIn = sent.topics().get(0).topicId();
            FetchResponseData seen = outcome.response(new FetchResponseData()
                            .setResponses(List.of(new FetchResponseData.FetchableTopicResponse()
                                    .setTopicId(standIn)
                                    .setPartitions(List.of(new FetchResponseData.PartitionData()
                                            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()))))))
                    .message(FetchResponseData.class);

            assertThat(standIn).isNotEqualTo(foreign).isNotEqualTo(Uuid.ZERO_UUID);
            assertThat(seen.responses().get(0).topicId()).isEqualTo(foreign);
        }
    }

    @Test
    void aReplicaIsRefused() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            FetchRequestData request = fetch(Uuid.randomUuid());
            request.setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(2));

            assertThat(harness.request(ApiKeys.FETCH, (short) 17, request).error())
                    .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        }
    }

    @Test
    void aConfigThatIsNotOnTheListIsDeniedInItsPlaceAndReachesNoTopic() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
            request.resources()
                    .add(altered(ConfigResource.Type.TOPIC, "orders", "leader.replication.throttled.replicas"));
            request.resources().add(altered(ConfigResource.Type.GROUP, "readers", "of.the.future"));
            request.resources().add(altered(ConfigResource.Type.TOPIC, "orders2", "retention.ms"));

            Outcome outcome = harness.request(ApiKeys.INCREMENTAL_ALTER_CONFIGS, (short) 1, request);
            IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
            for (var resource :
                    outcome.message(IncrementalAlterConfigsRequestData.class).resources()) {
                response.responses()
                        .add(new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                                .setResourceType(resource.resourceType())
                                .setResourceName(resource.resourceName()));
            }
            assertThat(response.responses())
                    .extracting(resource -> resource.resourceName().startsWith("team-a."))
                    .containsExactly(false, false, true);
            var seen = outcome.response(response).message(IncrementalAlterConfigsResponseData.class);

            assertThat(seen.responses())
                    .extracting(
                            resource -> ConfigResource.Type.forId(resource.resourceType()),
                            resource -> resource.resourceName(),
                            resource -> Errors.forCode(resource.errorCode()))
                    .containsExactly(
                            tuple(ConfigResource.Type.TOPIC, "orders", Errors.POLICY_VIOLATION),
                            tuple(ConfigResource.Type.GROUP, "readers", Errors.POLICY_VIOLATION),
                            tuple(ConfigResource.Type.TOPIC, "orders2", Errors.NONE));
        }
    }

    @Test
    void theDeadLetterTopicOfAGroupIsATopicOfTheNamespace() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
            request.resources().add(altered(ConfigResource.Type.GROUP, "readers", ConfigRules.DEAD_LETTER_TOPIC));

            var sent = harness.request(ApiKeys.INCREMENTAL_ALTER_CONFIGS, (short) 1, request)
                    .message(IncrementalAlterConfigsRequestData.class);

            var resource = sent.resources().iterator().next();
            assertThat(resource.resourceName()).isEqualTo("team-a.readers");
            assertThat(resource.configs().iterator().next().value()).isEqualTo("team-a.value");
        }
    }

    @Test
    void inEnforceModeAGroupWithoutThePrefixIsRefusedAloneAndAnsweredInAList() {
        try (InterceptorHarness harness = harness(Mode.ENFORCE)) {
            Outcome alone = harness.request(
                    ApiKeys.HEARTBEAT,
                    (short) 3,
                    new HeartbeatRequestData().setGroupId("foreign").setMemberId("m"));
            Outcome listed = harness.request(
                    ApiKeys.DESCRIBE_GROUPS,
                    (short) 5,
                    new DescribeGroupsRequestData().setGroups(List.of("team-a.own", "foreign")));
            List<String> sent = listed.message(DescribeGroupsRequestData.class).groups();
            DescribeGroupsResponseData seen = listed.response(new DescribeGroupsResponseData()
                            .setGroups(sent.stream()
                                    .map(group -> new DescribeGroupsResponseData.DescribedGroup()
                                            .setGroupId(group)
                                            .setGroupState("Dead"))
                                    .toList()))
                    .message(DescribeGroupsResponseData.class);

            assertThat(alone.error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
            assertThat(sent.get(0)).isEqualTo("team-a.own");
            assertThat(sent.get(1)).isNotEqualTo("foreign");
            assertThat(seen.groups())
                    .extracting(group -> group.groupId(), group -> Errors.forCode(group.errorCode()))
                    .containsExactly(
                            tuple("team-a.own", Errors.NONE), tuple("foreign", Errors.GROUP_AUTHORIZATION_FAILED));
        }
    }

    @Test
    void anAdditionalTopicIsReadUnlessTheNamespaceHasOneOfThatName() {
        for (boolean hasOwn : List.of(true, false)) {
            try (InterceptorHarness harness = harness(Mode.HIDE, exact(false, "audit"))
                    .broker(request -> metadata((MetadataRequestData) request, hasOwn))) {
                MetadataRequestData request = new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("audit")));

                Outcome outcome = harness.request(ApiKeys.METADATA, (short) 9, request);

                assertThat(outcome.message(MetadataRequestData.class).topics())
                        .extracting(topic -> topic.name())
                        .containsExactly(hasOwn ? "team-a.audit" : "audit");
                assertThat(harness.plugin()
                                .meters()
                                .get("gatehouse.namespace.conflicts")
                                .gauge()
                                .value())
                        .isEqualTo(hasOwn ? 1 : 0);
            }
        }
    }

    @Test
    void anAdditionalTopicThatIsNotThereIsNotCreatedByAsking() {
        try (InterceptorHarness harness = harness(Mode.ENFORCE, exact(false, "audit"))
                .broker(request -> {
                    MetadataResponseData none = new MetadataResponseData();
                    ((MetadataRequestData) request)
                            .topics()
                            .forEach(topic -> none.topics()
                                    .add(new MetadataResponseData.MetadataResponseTopic()
                                            .setName(topic.name())
                                            .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())));
                    return none;
                })) {
            MetadataRequestData request = new MetadataRequestData()
                    .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("audit")));

            Outcome outcome = harness.request(ApiKeys.METADATA, (short) 9, request);

            assertThat(outcome.message(MetadataRequestData.class).allowAutoTopicCreation())
                    .isFalse();
        }
    }

    @Test
    void prefixesOfWhichOneBeginsTheOtherConflictUnlessItIsMeant() {
        NamespaceInterceptorFactory factory = new NamespaceInterceptorFactory();

        assertThat(factory.conflict(config("team", Overlap.REFUSE), config("team-a", Overlap.REFUSE)))
                .hasValueSatisfying(why -> assertThat(why).contains("\"team\"").contains("\"team-a\""));
        assertThat(factory.conflict(config("a.b.", Overlap.REFUSE), config("a_b", Overlap.REFUSE)))
                .isPresent();
        assertThat(factory.conflict(config("team", Overlap.ALLOW), config("team-a", Overlap.REFUSE)))
                .isPresent();
        assertThat(factory.conflict(config("team", Overlap.ALLOW), config("team-a", Overlap.ALLOW)))
                .isEmpty();
        assertThat(factory.conflict(config("team-a.", Overlap.REFUSE), config("team-b.", Overlap.REFUSE)))
                .isEmpty();
    }

    private static NamespaceConfig config(String prefix, Overlap overlap) {
        return new NamespaceConfig(prefix, Mode.HIDE, new Additional(List.of(), List.of()), overlap);
    }

    private static MetadataResponseData metadata(MetadataRequestData request, boolean hasOwn) {
        MetadataResponseData response = new MetadataResponseData();
        request.topics()
                .forEach(topic -> response.topics()
                        .add(new MetadataResponseData.MetadataResponseTopic()
                                .setName(topic.name())
                                .setErrorCode(
                                        hasOwn || !topic.name().startsWith("team-a.")
                                                ? Errors.NONE.code()
                                                : Errors.UNKNOWN_TOPIC_OR_PARTITION.code())));
        return response;
    }

    private static FetchRequestData fetch(Uuid topic) {
        return new FetchRequestData()
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(topic)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()))));
    }

    private static IncrementalAlterConfigsRequestData.AlterConfigsResource altered(
            ConfigResource.Type type, String name, String key) {
        var altered = new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(type.id())
                .setResourceName(name);
        altered.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(key)
                        .setValue("value"));
        return altered;
    }

    private static InterceptorHarness harness(Mode mode, AdditionalNames... topics) {
        return InterceptorHarness.of(
                new NamespaceInterceptorFactory(),
                new NamespaceConfig("team-a.", mode, new Additional(List.of(topics), List.of()), Overlap.REFUSE),
                User.named("alice").virtualCluster("team-a").cluster("local").build());
    }

    private static AdditionalNames exact(boolean manage, String... names) {
        return new AdditionalNames(List.of(names), Optional.empty(), Conflict.WARN, manage);
    }
}
