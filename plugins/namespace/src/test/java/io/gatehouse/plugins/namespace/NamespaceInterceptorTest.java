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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void aDeadLetterTopicThatCouldNeverBeMadeIsRefused() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
            var resource = altered(ConfigResource.Type.GROUP, "readers", ConfigRules.DEAD_LETTER_TOPIC);
            resource.configs().iterator().next().setValue("t".repeat(243));
            request.resources().add(resource);

            var sent = harness.request(ApiKeys.INCREMENTAL_ALTER_CONFIGS, (short) 1, request)
                    .message(IncrementalAlterConfigsRequestData.class);

            assertThat(sent.resources())
                    .singleElement()
                    .satisfies(denied -> assertThat(ConfigResource.Type.forId(denied.resourceType()))
                            .isEqualTo(ConfigResource.Type.TOPIC));
        }
    }

    @Test
    void anAclReachesTheBrokerWithThePrefix() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            CreateAclsRequestData create = new CreateAclsRequestData()
                    .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                            .setResourceType(ResourceType.TOPIC.code())
                            .setResourceName("*")
                            .setResourcePatternType(PatternType.LITERAL.code())));
            DeleteAclsRequestData delete = new DeleteAclsRequestData()
                    .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                            .setResourceTypeFilter(ResourceType.TOPIC.code())
                            .setResourceNameFilter("orders")
                            .setPatternTypeFilter(PatternType.LITERAL.code())));

            Outcome created = harness.request(ApiKeys.CREATE_ACLS, (short) 3, create);
            Outcome deleted = harness.request(ApiKeys.DELETE_ACLS, (short) 3, delete);

            assertThat(created.changed()).isTrue();
            assertThat(created.message(CreateAclsRequestData.class).creations())
                    .extracting(acl -> acl.resourceName(), acl -> PatternType.fromCode(acl.resourcePatternType()))
                    .containsExactly(tuple("team-a.", PatternType.PREFIXED));
            assertThat(deleted.changed()).isTrue();
            assertThat(deleted.message(DeleteAclsRequestData.class).filters())
                    .extracting(filter -> filter.resourceNameFilter())
                    .containsExactly("team-a.orders");
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

    /** Before version 4 a request cannot say that nothing is to be created. */
    /** What was known of a name when its request came is what the request means, whatever is forgotten meanwhile. */
    @Test
    void aRequestMeansTheNamespacesOwnTopicAlsoWhenThereAreTooManyNamesToRemember() {
        AdditionalNames all = new AdditionalNames(List.of(), Optional.of("*"), Conflict.IGNORE, false);
        try (InterceptorHarness harness =
                harness(Mode.HIDE, all).broker(request -> metadata((MetadataRequestData) request, true))) {
            List<String> many = Stream.concat(
                            Stream.of("audit"), IntStream.range(0, 5_001).mapToObj(number -> "topic-" + number))
                    .toList();
            harness.request(ApiKeys.METADATA, (short) 9, metadataOf(many));

            Outcome outcome = harness.request(ApiKeys.METADATA, (short) 9, metadataOf(List.of("audit", "one-more")));

            assertThat(outcome.message(MetadataRequestData.class).topics())
                    .extracting(topic -> topic.name())
                    .containsExactly("team-a.audit", "team-a.one-more");
        }
    }

    private static MetadataRequestData metadataOf(List<String> topics) {
        return new MetadataRequestData()
                .setTopics(topics.stream()
                        .map(name -> new MetadataRequestData.MetadataRequestTopic().setName(name))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(shorts = {1, 3, 4, 13})
    void anAdditionalTopicThatIsNotThereIsNotCreatedByAskingWhileOwnOnesAre(short version) {
        try (InterceptorHarness harness = harness(Mode.HIDE, exact(false, "audit"), exact(true, "managed"))
                .broker(request -> absent((MetadataRequestData) request))) {
            MetadataRequestData request = new MetadataRequestData()
                    .setTopics(List.of("audit", "managed", "orders").stream()
                            .map(name -> new MetadataRequestData.MetadataRequestTopic().setName(name))
                            .toList());

            Outcome outcome = harness.request(ApiKeys.METADATA, version, request);
            MetadataRequestData sent = outcome.message(MetadataRequestData.class);
            MetadataResponseData seen = outcome.response(absent(sent)).message(MetadataResponseData.class);

            assertThat(sent.allowAutoTopicCreation()).isTrue();
            assertThat(sent.topics())
                    .extracting(topic -> topic.name())
                    .doesNotContain("audit")
                    .contains("managed", "team-a.orders");
            assertThat(seen.topics())
                    .extracting(topic -> topic.name(), topic -> Errors.forCode(topic.errorCode()))
                    .containsExactly(
                            tuple("audit", Errors.UNKNOWN_TOPIC_OR_PARTITION),
                            tuple("managed", Errors.UNKNOWN_TOPIC_OR_PARTITION),
                            tuple("orders", Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
    }

    /** It says nothing, and what the connection said when another member joined is no evidence. */
    @Test
    void anAssignmentWithoutAProtocolTypeIsTheConsumersWhateverWasJoinedBefore() {
        try (InterceptorHarness harness = harness(Mode.HIDE)) {
            JoinGroupRequestData join = new JoinGroupRequestData()
                    .setGroupId("g")
                    .setMemberId("")
                    .setProtocolType("connect")
                    .setSessionTimeoutMs(1_000)
                    .setRebalanceTimeoutMs(1_000);
            join.protocols()
                    .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                            .setName("p")
                            .setMetadata(new byte[] {1}));
            harness.request(ApiKeys.JOIN_GROUP, (short) 5, join);
            byte[] assignment = Utils.toArray(ConsumerProtocol.serializeAssignment(
                    new ConsumerPartitionAssignor.Assignment(List.of(new TopicPartition("team-b.orders", 0)))));

            for (short version : new short[] {4, 5}) {
                SyncGroupRequestData sync = new SyncGroupRequestData()
                        .setGroupId("g")
                        .setMemberId("m")
                        .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                                .setMemberId("m")
                                .setAssignment(assignment)));
                SyncGroupRequestData sent =
                        harness.request(ApiKeys.SYNC_GROUP, version, sync).message(SyncGroupRequestData.class);

                assertThat(ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(
                                        sent.assignments().get(0).assignment()))
                                .partitions())
                        .containsExactly(new TopicPartition("team-a.team-b.orders", 0));
            }
        }
    }

    /** AlterConfigs sets back what it does not name. */
    @Test
    void whatANamespaceMayNotSetIsNotSetBackByTheOldApiEither() {
        String throttle = "leader.replication.throttled.replicas";
        try (InterceptorHarness harness = harness(Mode.HIDE).broker(request -> {
            DescribeConfigsRequestData asked = (DescribeConfigsRequestData) request;
            return new DescribeConfigsResponseData()
                    .setResults(asked.resources().stream()
                            .map(resource -> new DescribeConfigsResponseData.DescribeConfigsResult()
                                    .setResourceType(resource.resourceType())
                                    .setResourceName(resource.resourceName())
                                    .setConfigs(List.of(
                                            config(throttle, "*", ConfigSource.TOPIC_CONFIG),
                                            config("retention.ms", "5", ConfigSource.TOPIC_CONFIG),
                                            config("of.brokers", "6", ConfigSource.STATIC_BROKER_CONFIG))))
                            .toList());
        })) {
            AlterConfigsRequestData request = new AlterConfigsRequestData();
            AlterConfigsRequestData.AlterConfigsResource orders = new AlterConfigsRequestData.AlterConfigsResource()
                    .setResourceType(ConfigResource.Type.TOPIC.id())
                    .setResourceName("orders");
            orders.configs()
                    .add(new AlterConfigsRequestData.AlterableConfig()
                            .setName("segment.ms")
                            .setValue("7"));
            request.resources().add(orders);

            var sent =
                    harness.request(ApiKeys.ALTER_CONFIGS, (short) 2, request).message(AlterConfigsRequestData.class);

            var resource = sent.resources().iterator().next();
            assertThat(resource.resourceName()).isEqualTo("team-a.orders");
            assertThat(resource.configs())
                    .extracting(config -> config.name(), config -> config.value())
                    .containsExactly(tuple("segment.ms", "7"), tuple(throttle, "*"));
        }
    }

    private static DescribeConfigsResponseData.DescribeConfigsResourceResult config(
            String name, String value, ConfigSource source) {
        return new DescribeConfigsResponseData.DescribeConfigsResourceResult()
                .setName(name)
                .setValue(value)
                .setConfigSource(source.id());
    }

    /** Whatever was asked before: that list is what is there. */
    @Test
    void pagesOfAllTopicsDescribeTheNamespacesOwnOfTwoTopicsOfOneName() {
        for (boolean hasOwn : List.of(true, false)) {
            try (InterceptorHarness harness = harness(Mode.HIDE, exact(false, "audit"))
                    .broker(request -> {
                        MetadataResponseData all = new MetadataResponseData();
                        all.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("audit"));
                        all.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("team-b.x"));
                        if (hasOwn) {
                            all.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("team-a.audit"));
                        }
                        return all;
                    })) {
                var sent = harness.request(
                                ApiKeys.DESCRIBE_TOPIC_PARTITIONS, (short) 0, new DescribeTopicPartitionsRequestData())
                        .message(DescribeTopicPartitionsRequestData.class);

                assertThat(sent.topics())
                        .extracting(topic -> topic.name())
                        .containsExactly(hasOwn ? "team-a.audit" : "audit");
            }
        }
    }

    /** Names that stay as they are count as well: the request that came asks for all topics there are. */
    @Test
    void inEnforceModePagesOfAllTopicsRunThroughThoseThatAreSeen() {
        try (InterceptorHarness harness = harness(Mode.ENFORCE).broker(request -> {
            MetadataResponseData all = new MetadataResponseData();
            all.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("team-b.orders"));
            all.topics().add(new MetadataResponseData.MetadataResponseTopic().setName("team-a.orders"));
            return all;
        })) {
            Outcome outcome = harness.request(
                    ApiKeys.DESCRIBE_TOPIC_PARTITIONS, (short) 0, new DescribeTopicPartitionsRequestData());

            assertThat(outcome.changed()).isTrue();
            assertThat(outcome.message(DescribeTopicPartitionsRequestData.class).topics())
                    .extracting(topic -> topic.name())
                    .containsExactly("team-a.orders");
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

    private static MetadataResponseData absent(MetadataRequestData request) {
        MetadataResponseData none = new MetadataResponseData();
        request.topics()
                .forEach(topic -> none.topics()
                        .add(new MetadataResponseData.MetadataResponseTopic()
                                .setName(topic.name())
                                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())));
        return none;
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
