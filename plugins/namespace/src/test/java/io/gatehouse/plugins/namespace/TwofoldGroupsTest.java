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
import io.gatehouse.spi.interception.ClusterGroups;
import io.gatehouse.spi.testkit.InterceptorHarness;
import io.gatehouse.spi.testkit.Outcome;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Names of groups that are additional, and the namespace's own where it has such a group. */
class TwofoldGroupsTest {

    private static final String NAME = "shared";
    private static final String OWN = "team-a.shared";

    /** How each API names a group. */
    private static final Map<ApiKeys, Function<String, ApiMessage>> REQUESTS = Map.ofEntries(
            Map.entry(
                    ApiKeys.ADD_OFFSETS_TO_TXN,
                    group -> new AddOffsetsToTxnRequestData()
                            .setTransactionalId("t")
                            .setGroupId(group)),
            Map.entry(ApiKeys.ALTER_CONFIGS, group -> {
                AlterConfigsRequestData request = new AlterConfigsRequestData();
                request.resources()
                        .add(new AlterConfigsRequestData.AlterConfigsResource()
                                .setResourceType(ConfigResource.Type.GROUP.id())
                                .setResourceName(group));
                return request;
            }),
            Map.entry(
                    ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
                    group -> new AlterShareGroupOffsetsRequestData().setGroupId(group)),
            Map.entry(
                    ApiKeys.CONSUMER_GROUP_DESCRIBE,
                    group -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group))),
            Map.entry(
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    group -> new ConsumerGroupHeartbeatRequestData()
                            .setGroupId(group)
                            .setMemberId("m")),
            Map.entry(ApiKeys.DELETE_GROUPS, group -> new DeleteGroupsRequestData().setGroupsNames(List.of(group))),
            Map.entry(
                    ApiKeys.DELETE_SHARE_GROUP_OFFSETS,
                    group -> new DeleteShareGroupOffsetsRequestData().setGroupId(group)),
            Map.entry(
                    ApiKeys.DESCRIBE_CONFIGS,
                    group -> new DescribeConfigsRequestData()
                            .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                    .setResourceType(ConfigResource.Type.GROUP.id())
                                    .setResourceName(group)))),
            Map.entry(ApiKeys.DESCRIBE_GROUPS, group -> new DescribeGroupsRequestData().setGroups(List.of(group))),
            Map.entry(
                    ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                    group -> new DescribeShareGroupOffsetsRequestData()
                            .setGroups(List.of(
                                    new DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup()
                                            .setGroupId(group)
                                            .setTopics(null)))),
            Map.entry(
                    ApiKeys.FIND_COORDINATOR,
                    group -> new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group))),
            Map.entry(
                    ApiKeys.HEARTBEAT,
                    group -> new HeartbeatRequestData().setGroupId(group).setMemberId("m")),
            Map.entry(ApiKeys.INCREMENTAL_ALTER_CONFIGS, group -> {
                IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
                request.resources()
                        .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                                .setResourceType(ConfigResource.Type.GROUP.id())
                                .setResourceName(group));
                return request;
            }),
            Map.entry(
                    ApiKeys.JOIN_GROUP,
                    group -> new JoinGroupRequestData()
                            .setGroupId(group)
                            .setMemberId("m")
                            .setProtocolType("connect")),
            Map.entry(ApiKeys.LEAVE_GROUP, group -> new LeaveGroupRequestData().setGroupId(group)),
            Map.entry(
                    ApiKeys.OFFSET_COMMIT,
                    group -> new OffsetCommitRequestData().setGroupId(group).setMemberId("m")),
            Map.entry(ApiKeys.OFFSET_DELETE, group -> new OffsetDeleteRequestData().setGroupId(group)),
            Map.entry(
                    ApiKeys.OFFSET_FETCH,
                    group -> new OffsetFetchRequestData()
                            .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                    .setGroupId(group)
                                    .setTopics(null)))),
            Map.entry(
                    ApiKeys.SHARE_ACKNOWLEDGE,
                    group -> new ShareAcknowledgeRequestData().setGroupId(group).setMemberId("m")),
            Map.entry(
                    ApiKeys.SHARE_FETCH,
                    group -> new ShareFetchRequestData().setGroupId(group).setMemberId("m")),
            Map.entry(
                    ApiKeys.SHARE_GROUP_DESCRIBE,
                    group -> new ShareGroupDescribeRequestData().setGroupIds(List.of(group))),
            Map.entry(
                    ApiKeys.SHARE_GROUP_HEARTBEAT,
                    group -> new ShareGroupHeartbeatRequestData()
                            .setGroupId(group)
                            .setMemberId("m")),
            Map.entry(
                    ApiKeys.STREAMS_GROUP_DESCRIBE,
                    group -> new StreamsGroupDescribeRequestData().setGroupIds(List.of(group))),
            Map.entry(
                    ApiKeys.STREAMS_GROUP_HEARTBEAT,
                    group -> new StreamsGroupHeartbeatRequestData()
                            .setGroupId(group)
                            .setMemberId("m")),
            Map.entry(
                    ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE,
                    group -> new StreamsGroupTopologyDescriptionUpdateRequestData()
                            .setGroupId(group)
                            .setMemberId("m")),
            Map.entry(
                    ApiKeys.SYNC_GROUP,
                    group -> new SyncGroupRequestData().setGroupId(group).setMemberId("m")),
            Map.entry(
                    ApiKeys.TXN_OFFSET_COMMIT,
                    group -> new TxnOffsetCommitRequestData()
                            .setTransactionalId("t")
                            .setGroupId(group)));

    @Test
    void everyApiThatNamesAGroupMeansTheNamespacesOwnWhereThereIsOneElseTheAdditionalOne() {
        assertThat(REQUESTS.keySet()).isEqualTo(namingGroups());

        REQUESTS.forEach((api, request) -> {
            try (InterceptorHarness harness = harness(true, Conflict.WARN).broker(TwofoldGroupsTest::nothing)) {
                assertThat(groupsIn(harness, api, request)).as(api.name).containsExactly(NAME);
            }
            try (InterceptorHarness harness =
                    harness(false, Conflict.WARN).group(OWN).broker(TwofoldGroupsTest::nothing)) {
                assertThat(groupsIn(harness, api, request)).as(api.name).containsExactly(OWN);
            }
        });
    }

    /** Where the group has an element of its own, the rest of the request goes on; what does, has a name that cannot exist. */
    @Test
    void whileItCannotBeKnownNothingIsForwardedByEitherName() {
        REQUESTS.forEach((api, request) -> {
            try (InterceptorHarness harness =
                    harness(true, Conflict.WARN).unknownGroup(OWN).broker(TwofoldGroupsTest::nothing)) {
                Outcome outcome = harness.request(api, api.latestVersion(), request.apply(NAME));

                if (outcome.kind() == Outcome.Kind.FORWARDED) {
                    assertThat(groups(api, outcome.message())).as(api.name).doesNotContain(NAME, OWN);
                } else {
                    assertThat(outcome.error())
                            .as(api.name)
                            .isIn(Errors.COORDINATOR_NOT_AVAILABLE, Errors.COORDINATOR_LOAD_IN_PROGRESS);
                }
            }
        });
    }

    @Test
    void inAListOfGroupsTheOneThatCannotBeKnownIsAnsweredSoAndTheOthersAreServed() {
        try (InterceptorHarness harness = harness(false, Conflict.WARN).unknownGroup(OWN)) {
            Outcome outcome = harness.request(
                    ApiKeys.DESCRIBE_GROUPS,
                    (short) 5,
                    new DescribeGroupsRequestData().setGroups(List.of(NAME, "other")));
            List<String> sent = outcome.message(DescribeGroupsRequestData.class).groups();
            var seen = outcome.response(new DescribeGroupsResponseData()
                            .setGroups(sent.stream()
                                    .map(group -> new DescribeGroupsResponseData.DescribedGroup()
                                            .setGroupId(group)
                                            .setGroupState("Empty"))
                                    .toList()))
                    .message(DescribeGroupsResponseData.class);

            assertThat(sent).contains("team-a.other").doesNotContain(NAME, OWN);
            assertThat(seen.groups())
                    .extracting(group -> group.groupId(), group -> Errors.forCode(group.errorCode()))
                    .containsExactly(tuple(NAME, Errors.COORDINATOR_NOT_AVAILABLE), tuple("other", Errors.NONE));
        }
    }

    @Test
    void aListShowsOneGroupForAName() {
        try (InterceptorHarness harness = harness(false, Conflict.WARN).group(OWN)) {
            assertThat(listed(harness).groups())
                    .extracting(group -> group.groupId())
                    .containsExactly(NAME, "own");
        }
        try (InterceptorHarness harness = harness(false, Conflict.WARN)) {
            assertThat(listed(harness).groups())
                    .extracting(group -> group.groupId())
                    .containsExactly(NAME, "own");
        }
    }

    /** The coordinator of one group may be another broker than that of the other: each list by itself says the same. */
    @Test
    void theListsOfTwoBrokersShowOneGroupTogether() {
        for (boolean hasOwn : List.of(true, false)) {
            try (InterceptorHarness harness = harness(false, Conflict.WARN)) {
                if (hasOwn) {
                    harness.group(OWN);
                }
                assertThat(listed(harness, NAME).groups()).hasSize(hasOwn ? 0 : 1);
                assertThat(listed(harness, OWN).groups()).hasSize(hasOwn ? 1 : 0);
            }
        }
    }

    @Test
    void aListInWhichANameCannotBeKnownIsAnsweredWithWhatMakesTheClientComeAgain() {
        try (InterceptorHarness harness = harness(false, Conflict.WARN).unknownGroup(OWN)) {
            assertThat(Errors.forCode(listed(harness).errorCode())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
            assertThat(listed(harness).groups()).isEmpty();
            assertThat(listed(harness, "team-a.own").groups()).hasSize(1);
        }
    }

    @Test
    void theConfigurationsOfGroupsAreListedByTheSameRule() {
        for (boolean hasOwn : List.of(true, false)) {
            try (InterceptorHarness harness = harness(false, Conflict.WARN)) {
                if (hasOwn) {
                    harness.group(OWN);
                }
                Outcome outcome =
                        harness.request(ApiKeys.LIST_CONFIG_RESOURCES, (short) 1, new ListConfigResourcesRequestData());
                var seen = outcome.response(new ListConfigResourcesResponseData()
                                .setConfigResources(Stream.of(NAME, OWN)
                                        .map(id -> new ListConfigResourcesResponseData.ConfigResource()
                                                .setResourceType(ConfigResource.Type.GROUP.id())
                                                .setResourceName(id))
                                        .toList()))
                        .message(ListConfigResourcesResponseData.class);

                assertThat(seen.configResources())
                        .singleElement()
                        .satisfies(
                                resource -> assertThat(resource.resourceName()).isEqualTo(NAME));
            }
        }
    }

    @Test
    void aConflictIsCountedUntilItIsOverUnlessItIsIgnored() {
        try (InterceptorHarness harness = harness(false, Conflict.WARN)) {
            assertThat(conflicts(harness)).isZero();
            harness.group(OWN);
            listed(harness);
            listed(harness);
            assertThat(conflicts(harness)).isEqualTo(1);
            harness.noGroup(OWN);
            listed(harness);
            assertThat(conflicts(harness)).isZero();
        }
        try (InterceptorHarness harness = harness(false, Conflict.IGNORE).group(OWN)) {
            listed(harness);

            assertThat(conflicts(harness)).isZero();
        }
    }

    /** Clients end when their group is not there, and join when they are not known in it. */
    @Test
    void membersJoinTheGroupThatTheirsHasComeToMean() {
        for (int epoch : List.of(-1, 0, 5)) {
            for (String group : List.of(NAME, "other")) {
                Errors expected =
                        epoch > 0 && group.equals(NAME) ? Errors.UNKNOWN_MEMBER_ID : Errors.GROUP_ID_NOT_FOUND;
                try (InterceptorHarness harness = harness(false, Conflict.WARN).group(OWN)) {
                    short consumer = harness.request(
                                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                                    (short) 1,
                                    new ConsumerGroupHeartbeatRequestData()
                                            .setGroupId(group)
                                            .setMemberId("m")
                                            .setMemberEpoch(epoch))
                            .response(new ConsumerGroupHeartbeatResponseData()
                                    .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()))
                            .message(ConsumerGroupHeartbeatResponseData.class)
                            .errorCode();
                    short share = harness.request(
                                    ApiKeys.SHARE_GROUP_HEARTBEAT,
                                    (short) 1,
                                    new ShareGroupHeartbeatRequestData()
                                            .setGroupId(group)
                                            .setMemberId("m")
                                            .setMemberEpoch(epoch))
                            .response(new ShareGroupHeartbeatResponseData()
                                    .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()))
                            .message(ShareGroupHeartbeatResponseData.class)
                            .errorCode();
                    short streams = harness.request(
                                    ApiKeys.STREAMS_GROUP_HEARTBEAT,
                                    (short) 0,
                                    new StreamsGroupHeartbeatRequestData()
                                            .setGroupId(group)
                                            .setMemberId("m")
                                            .setMemberEpoch(epoch))
                            .response(new StreamsGroupHeartbeatResponseData()
                                    .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()))
                            .message(StreamsGroupHeartbeatResponseData.class)
                            .errorCode();

                    assertThat(Stream.of(consumer, share, streams).map(Errors::forCode))
                            .as("%s at %s", group, epoch)
                            .containsOnly(expected);
                }
            }
        }
    }

    /** As with delegated authentication, where the gateway has no credentials of its own. */
    @Test
    void whereGroupsCanNeverBeAskedForTheAdditionalOneIsMeant() {
        Namespace namespace = new Namespace(config(false, Conflict.WARN));
        GroupTwins twins = new GroupTwins(namespace, new ConflictReports("team-a.", System::nanoTime));

        CompletionStage<OwnGroups> own = twins.resolve(Set.of(NAME), new FailingGroups(false), false);
        CompletionStage<OwnGroups> listed = twins.resolveListed(Set.of(NAME), Set.of(NAME), new FailingGroups(false));

        assertThat(own.toCompletableFuture()).isCompletedWithValue(new OwnGroups(Map.of(OWN, false)));
        assertThat(listed.toCompletableFuture()).isCompletedWithValue(new OwnGroups(Map.of(OWN, false)));
    }

    @Test
    void aQuestionThatFailsSaysNothingOfTheGroup() {
        Namespace namespace = new Namespace(config(false, Conflict.WARN));
        GroupTwins twins = new GroupTwins(namespace, new ConflictReports("team-a.", System::nanoTime));

        for (boolean still : List.of(true, false)) {
            OwnGroups own = twins.resolve(Set.of(NAME), new FailingGroups(true), still)
                    .toCompletableFuture()
                    .join();

            assertThat(own.isUnknown(OWN)).isTrue();
        }
    }

    private record FailingGroups(boolean canAsk) implements ClusterGroups {

        @Override
        public CompletionStage<Map<String, Boolean>> exist(Collection<String> groupIds) {
            return CompletableFuture.failedFuture(new IllegalStateException("the event loop has ended"));
        }

        @Override
        public CompletionStage<Map<String, Boolean>> stillExist(Collection<String> groupIds) {
            return exist(groupIds);
        }
    }

    /** By what these APIs do at a broker with a group that it does not have. */
    @Test
    void whatMakesAGroupMeansTheNamespacesOwnOnlyIfItIsThereStill() {
        Map<ApiKeys, Function<String, ApiMessage>> making = Map.of(
                ApiKeys.JOIN_GROUP, REQUESTS.get(ApiKeys.JOIN_GROUP),
                ApiKeys.CONSUMER_GROUP_HEARTBEAT, REQUESTS.get(ApiKeys.CONSUMER_GROUP_HEARTBEAT),
                ApiKeys.SHARE_GROUP_HEARTBEAT, REQUESTS.get(ApiKeys.SHARE_GROUP_HEARTBEAT),
                ApiKeys.STREAMS_GROUP_HEARTBEAT, REQUESTS.get(ApiKeys.STREAMS_GROUP_HEARTBEAT),
                ApiKeys.OFFSET_COMMIT, REQUESTS.get(ApiKeys.OFFSET_COMMIT),
                ApiKeys.TXN_OFFSET_COMMIT, REQUESTS.get(ApiKeys.TXN_OFFSET_COMMIT),
                ApiKeys.OFFSET_FETCH, REQUESTS.get(ApiKeys.OFFSET_FETCH),
                ApiKeys.ALTER_SHARE_GROUP_OFFSETS, REQUESTS.get(ApiKeys.ALTER_SHARE_GROUP_OFFSETS));

        REQUESTS.forEach((api, request) -> {
            try (InterceptorHarness harness =
                    harness(true, Conflict.WARN).deletedGroup(OWN).broker(TwofoldGroupsTest::nothing)) {
                assertThat(groupsIn(harness, api, request))
                        .as(api.name)
                        .containsExactly(making.containsKey(api) ? NAME : OWN);
            }
        });
    }

    /** They are refused by a group that has no such member. */
    @Test
    void membersNeedNotAskWhetherTheirGroupIsThereStill() {
        List.<ApiMessage>of(
                        new ConsumerGroupHeartbeatRequestData().setMemberEpoch(3),
                        new ShareGroupHeartbeatRequestData().setMemberEpoch(3),
                        new StreamsGroupHeartbeatRequestData().setMemberEpoch(3),
                        new OffsetCommitRequestData().setGenerationIdOrMemberEpoch(3),
                        new TxnOffsetCommitRequestData().setGenerationIdOrMemberEpoch(3))
                .forEach(request -> assertThat(MakingGroups.isMaking(request))
                        .as(request.toString())
                        .isFalse());
    }

    @Test
    void whoDeletesTheNamespacesOwnGroupMeansTheAdditionalOneInTheNextRequest() {
        for (Errors result : List.of(Errors.NONE, Errors.NON_EMPTY_GROUP)) {
            try (InterceptorHarness harness = harness(true, Conflict.WARN).deletedGroup(OWN)) {
                DeletableGroupResultCollection results = new DeletableGroupResultCollection();
                results.add(new DeletableGroupResult().setGroupId(OWN).setErrorCode(result.code()));
                harness.request(
                                ApiKeys.DELETE_GROUPS,
                                (short) 2,
                                new DeleteGroupsRequestData().setGroupsNames(List.of(NAME)))
                        .response(new DeleteGroupsResponseData().setResults(results));

                assertThat(groupsIn(harness, ApiKeys.HEARTBEAT, REQUESTS.get(ApiKeys.HEARTBEAT)))
                        .containsExactly(result == Errors.NONE ? NAME : OWN);
            }
        }
    }

    /** The list comes from its coordinator. */
    @Test
    void aGroupOfTheNamespaceThatIsListedIsThereWhoeverCannotBeAsked() {
        try (InterceptorHarness harness = harness(false, Conflict.WARN).unknownGroup(OWN)) {
            assertThat(listedAs("Stable", harness, NAME, OWN, "team-a.own").groups())
                    .extracting(group -> group.groupId())
                    .containsExactly(NAME, "own");
            assertThat(conflicts(harness)).isEqualTo(1);
            assertThat(Errors.forCode(listedAs("Dead", harness, OWN).errorCode()))
                    .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
            assertThat(Errors.forCode(listedAs("Stable", harness, NAME).errorCode()))
                    .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        }
    }

    @Test
    void aConflictThatNobodyAsksForAnyMoreIsNotCountedForEver() {
        AtomicLong nanos = new AtomicLong();
        Namespace namespace = new Namespace(config(false, Conflict.WARN));
        ConflictReports conflicts = new ConflictReports("team-a.", nanos::get);

        conflicts.report("group", NAME, namespace.groups(), true);
        nanos.addAndGet(ConflictReports.COUNTED.toNanos() - 1);
        assertThat(conflicts.count()).isEqualTo(1);
        conflicts.report("group", NAME, namespace.groups(), true);
        nanos.addAndGet(ConflictReports.COUNTED.toNanos() - 1);
        assertThat(conflicts.count()).isEqualTo(1);
        nanos.addAndGet(1);
        assertThat(conflicts.count()).isZero();
    }

    @Test
    void aNameThatNoAdditionalGroupHasIsNotAskedFor() {
        try (InterceptorHarness harness = harness(false, Conflict.WARN).unknownGroup("team-a.other")) {
            Outcome outcome = harness.request(
                    ApiKeys.HEARTBEAT,
                    (short) 4,
                    new HeartbeatRequestData().setGroupId("other").setMemberId("m"));

            assertThat(outcome.message(HeartbeatRequestData.class).groupId()).isEqualTo("team-a.other");
        }
    }

    private static ListGroupsResponseData listed(InterceptorHarness harness) {
        return listed(harness, NAME, OWN, "team-a.own", "team-b.x");
    }

    private static ListGroupsResponseData listed(InterceptorHarness harness, String... groups) {
        return listedAs("", harness, groups);
    }

    private static ListGroupsResponseData listedAs(String state, InterceptorHarness harness, String... groups) {
        return harness.request(ApiKeys.LIST_GROUPS, (short) 4, new ListGroupsRequestData())
                .response(new ListGroupsResponseData()
                        .setGroups(Stream.of(groups)
                                .map(id -> new ListGroupsResponseData.ListedGroup()
                                        .setGroupId(id)
                                        .setGroupState(state))
                                .toList()))
                .message(ListGroupsResponseData.class);
    }

    private static double conflicts(InterceptorHarness harness) {
        return harness.plugin()
                .meters()
                .get("gatehouse.namespace.conflicts")
                .gauge()
                .value();
    }

    private static Set<String> groupsIn(InterceptorHarness harness, ApiKeys api, Function<String, ApiMessage> request) {
        if (api == ApiKeys.SHARE_ACKNOWLEDGE) {
            harness.request(
                            ApiKeys.SHARE_FETCH,
                            (short) 1,
                            REQUESTS.get(ApiKeys.SHARE_FETCH).apply(NAME))
                    .response(new ShareFetchResponseData());
        }
        Outcome outcome = harness.request(api, api.latestVersion(), request.apply(NAME));
        assertThat(outcome.kind()).as(outcome.toString()).isEqualTo(Outcome.Kind.FORWARDED);
        return groups(api, outcome.message());
    }

    /** What stands in the fields of a request that name groups. */
    private static Set<String> groups(ApiKeys api, ApiMessage request) {
        Set<String> groups = new HashSet<>();
        shape(api).visit(request, new FieldVisitor() {
            @Override
            public String text(Field field, String value, Object owner) {
                if (namesGroup(field)) {
                    groups.add(value);
                }
                return value;
            }

            @Override
            public Uuid id(Field field, Uuid value, Object owner) {
                return value;
            }

            @Override
            public byte[] bytes(Field field, byte[] value, Object owner) {
                return value;
            }
        });
        return groups;
    }

    private static MessageShape shape(ApiKeys api) {
        return Shapes.OF_KAFKA.find(api).orElseThrow().request(api.latestVersion());
    }

    private static boolean namesGroup(FieldVisitor.Field field) {
        return field.kind() == FieldKind.GROUP
                || field.kind() == FieldKind.COORDINATOR_KEY
                || field.kind() == FieldKind.CONFIG_RESOURCE;
    }

    private static Set<ApiKeys> namingGroups() {
        return Shapes.OF_KAFKA.apis().keySet().stream()
                .filter(api -> shape(api).fields().anyMatch(TwofoldGroupsTest::namesGroup))
                .collect(Collectors.toSet());
    }

    private static ApiMessage nothing(ApiMessage request) {
        return new DescribeConfigsResponseData()
                .setResults(((DescribeConfigsRequestData) request)
                        .resources().stream()
                                .map(resource -> new DescribeConfigsResponseData.DescribeConfigsResult()
                                        .setResourceType(resource.resourceType())
                                        .setResourceName(resource.resourceName()))
                                .toList());
    }

    private static InterceptorHarness harness(boolean manage, Conflict conflict) {
        AdditionalNames groups = new AdditionalNames(List.of(NAME), Optional.empty(), conflict, manage);
        return InterceptorHarness.of(
                new NamespaceInterceptorFactory(),
                new NamespaceConfig("team-a.", Mode.HIDE, new Additional(List.of(), List.of(groups)), Overlap.REFUSE),
                User.named("alice").virtualCluster("team-a").cluster("local").build());
    }

    private static NamespaceConfig config(boolean manage, Conflict conflict) {
        AdditionalNames groups = new AdditionalNames(List.of(NAME), Optional.empty(), conflict, manage);
        return new NamespaceConfig("team-a.", Mode.HIDE, new Additional(List.of(), List.of(groups)), Overlap.REFUSE);
    }
}
