/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.DifferentialCase.of;
import static io.gatehouse.it.DifferentialCases.BASE;
import static io.gatehouse.it.DifferentialCases.MISSING;
import static io.gatehouse.it.DifferentialCases.SECOND;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** The requests of {@link NamespaceDifferentialIT} that are about groups. */
final class DifferentialGroupCases {

    private DifferentialGroupCases() {}

    static List<DifferentialCase> all() {
        return Stream.of(coordinators(), classic(), offsets(), consumer(), share(), streams(), lists())
                .flatMap(Collection::stream)
                .toList();
    }

    private static List<DifferentialCase> coordinators() {
        return List.of(
                of(
                        ApiKeys.FIND_COORDINATOR,
                        "of a group",
                        (world, version) -> version < 4
                                ? new FindCoordinatorRequestData().setKey(world.name("classic"))
                                : new FindCoordinatorRequestData()
                                        .setCoordinatorKeys(List.of(world.name("classic"), world.name("never")))),
                of(ApiKeys.FIND_COORDINATOR, "of a transactional id", (world, version) -> {
                            FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType((byte) 1);
                            return version < 4
                                    ? request.setKey(world.name("described"))
                                    : request.setCoordinatorKeys(List.of(world.name("described")));
                        })
                        .versions(1, ApiKeys.FIND_COORDINATOR.latestVersion()));
    }

    // ---- classic groups

    private static List<DifferentialCase> classic() {
        return List.of(
                of(ApiKeys.JOIN_GROUP, "of a consumer", (world, version) -> join(world, version, "join-" + version)),
                of(
                        ApiKeys.JOIN_GROUP,
                        "without a group",
                        (world, version) -> joining(world, version, "x").setGroupId("")),
                of(ApiKeys.SYNC_GROUP, "of a leader", (world, version) -> {
                    JoinGroupResponseData joined = joined(world, "sync-" + version);
                    return sync(world, version, "sync-" + version, joined);
                }),
                of(ApiKeys.HEARTBEAT, "of a member and of none", (world, version) -> {
                    JoinGroupResponseData joined = stable(world, "beat-" + version);
                    return new HeartbeatRequestData()
                            .setGroupId(world.name("beat-" + version))
                            .setGenerationId(joined.generationId())
                            .setMemberId(joined.memberId());
                }),
                of(
                        ApiKeys.HEARTBEAT,
                        "in a missing group",
                        (world, version) -> new HeartbeatRequestData()
                                .setGroupId(world.name("never"))
                                .setGenerationId(1)
                                .setMemberId("nobody")),
                of(ApiKeys.DESCRIBE_GROUPS, "with a member, and a missing one", (world, version) -> {
                    stable(world, "describe-" + version);
                    return new DescribeGroupsRequestData()
                            .setGroups(List.of(world.name("describe-" + version), world.name("never")));
                }),
                of(ApiKeys.LEAVE_GROUP, "of a member", (world, version) -> {
                    JoinGroupResponseData joined = stable(world, "leave-" + version);
                    LeaveGroupRequestData request =
                            new LeaveGroupRequestData().setGroupId(world.name("leave-" + version));
                    return version < 3
                            ? request.setMemberId(joined.memberId())
                            : request.setMembers(
                                    List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(joined.memberId())));
                }));
    }

    private static JoinGroupRequestData joining(World world, short version, String group) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(world.name(group))
                .setMemberId("")
                .setProtocolType("consumer")
                .setSessionTimeoutMs(30_000)
                .setRebalanceTimeoutMs(version == 0 ? -1 : 30_000);
        ByteBuffer subscription = ConsumerProtocol.serializeSubscription(new ConsumerPartitionAssignor.Subscription(
                List.of(world.name(BASE)),
                ByteBuffer.wrap(new byte[] {1, 2, 3}),
                List.of(new TopicPartition(world.name(SECOND), 0))));
        request.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(bytes(subscription)));
        return request;
    }

    /** With a member id, which from version 4 on the first request only yields. */
    private static JoinGroupRequestData join(World world, short version, String group) throws Exception {
        JoinGroupRequestData request = joining(world, version, group);
        if (version >= 4) {
            JoinGroupResponseData refused = world.call(ApiKeys.JOIN_GROUP, version, request);
            request.setMemberId(refused.memberId());
        }
        return request;
    }

    private static JoinGroupResponseData joined(World world, String group) throws Exception {
        return world.call(ApiKeys.JOIN_GROUP, 7, join(world, (short) 7, group));
    }

    private static SyncGroupRequestData sync(World world, short version, String group, JoinGroupResponseData joined) {
        ByteBuffer assignment = ConsumerProtocol.serializeAssignment(new ConsumerPartitionAssignor.Assignment(
                List.of(new TopicPartition(world.name(BASE), 0)), ByteBuffer.wrap(new byte[] {4})));
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(world.name(group))
                .setGenerationId(joined.generationId())
                .setMemberId(joined.memberId())
                .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(bytes(assignment))));
        return version < 5 ? request : request.setProtocolType("consumer").setProtocolName("range");
    }

    private static JoinGroupResponseData stable(World world, String group) throws Exception {
        JoinGroupResponseData joined = joined(world, group);
        world.call(ApiKeys.SYNC_GROUP, 5, sync(world, (short) 5, group, joined));
        return joined;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    // ---- offsets

    private static List<DifferentialCase> offsets() {
        return List.of(
                of(ApiKeys.OFFSET_COMMIT, "of a topic and of a missing one", (world, version) -> {
                    OffsetCommitRequestData request = new OffsetCommitRequestData()
                            .setGroupId(world.name("offsets"))
                            .setMemberId("");
                    return request.setTopics(List.of(
                            committed(world, version, BASE, version < 10 ? null : world.topicId(BASE)),
                            committed(world, version, MISSING, version < 10 ? null : Uuid.randomUuid())));
                }),
                // On the cluster it is the prefix alone: the real empty group would be everybody's.
                of(
                        ApiKeys.OFFSET_COMMIT,
                        "of the empty group",
                        (world, version) -> new OffsetCommitRequestData()
                                .setGroupId(world.name(""))
                                .setMemberId("")
                                .setTopics(List.of(
                                        committed(world, version, BASE, version < 10 ? null : world.topicId(BASE))))),
                of(ApiKeys.OFFSET_FETCH, "of topics", (world, version) -> {
                    if (version < 8) {
                        return new OffsetFetchRequestData()
                                .setGroupId(world.name("offsets"))
                                .setTopics(Stream.of(BASE, MISSING)
                                        .map(name -> new OffsetFetchRequestData.OffsetFetchRequestTopic()
                                                .setName(world.name(name))
                                                .setPartitionIndexes(List.of(0)))
                                        .toList());
                    }
                    OffsetFetchRequestData.OffsetFetchRequestTopics topic =
                            new OffsetFetchRequestData.OffsetFetchRequestTopics().setPartitionIndexes(List.of(0));
                    return new OffsetFetchRequestData()
                            .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                    .setGroupId(world.name("offsets"))
                                    .setTopics(List.of(
                                            version < 10
                                                    ? topic.setName(world.name(BASE))
                                                    : topic.setTopicId(world.topicId(BASE))))));
                }),
                of(
                                ApiKeys.OFFSET_FETCH,
                                "of all topics",
                                (world, version) -> version < 8
                                        ? new OffsetFetchRequestData()
                                                .setGroupId(world.name("offsets"))
                                                .setTopics(null)
                                        : new OffsetFetchRequestData()
                                                .setGroups(Stream.of("offsets", "never")
                                                        .map(group ->
                                                                new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                                                        .setGroupId(world.name(group))
                                                                        .setTopics(null))
                                                        .toList()))
                        .versions(2, ApiKeys.OFFSET_FETCH.latestVersion()),
                of(ApiKeys.OFFSET_DELETE, "of a topic and of a missing one", (world, version) -> {
                    OffsetDeleteRequestData request = new OffsetDeleteRequestData().setGroupId(world.name("offsets"));
                    for (String name : List.of(BASE, MISSING)) {
                        request.topics()
                                .add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                                        .setName(world.name(name))
                                        .setPartitions(
                                                List.of(new OffsetDeleteRequestData.OffsetDeleteRequestPartition()
                                                        .setPartitionIndex(0))));
                    }
                    return request;
                }));
    }

    private static OffsetCommitRequestData.OffsetCommitRequestTopic committed(
            World world, short version, String topic, Uuid id) {
        OffsetCommitRequestData.OffsetCommitRequestTopic committed =
                new OffsetCommitRequestData.OffsetCommitRequestTopic()
                        .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(version)
                                .setCommittedMetadata("as of " + version)));
        return id == null ? committed.setName(world.name(topic)) : committed.setTopicId(id);
    }

    // ---- consumer groups (KIP-848)

    private static List<DifferentialCase> consumer() {
        return List.of(
                of(
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        "by names",
                        (world, version) -> consumerHeartbeat(world, "consumer-" + version)
                                .setSubscribedTopicNames(List.of(world.name(BASE), world.name(MISSING)))),
                of(
                                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                                "by pattern",
                                (world, version) -> consumerHeartbeat(world, "pattern-" + version)
                                        .setSubscribedTopicNames(List.of())
                                        .setSubscribedTopicRegex(world.pattern("ba.e|sec.*")))
                        .versions(1, 1),
                of(
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        "without a group",
                        (world, version) -> consumerHeartbeat(world, "x").setGroupId("")),
                of(
                        ApiKeys.CONSUMER_GROUP_DESCRIBE,
                        "with members, and a missing one",
                        (world, version) -> new ConsumerGroupDescribeRequestData()
                                .setGroupIds(List.of(
                                        world.name("consumer-1"), world.name("pattern-1"), world.name("never")))));
    }

    private static ConsumerGroupHeartbeatRequestData consumerHeartbeat(World world, String group) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(world.name(group))
                .setMemberId("member-of-" + group)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(30_000)
                .setTopicPartitions(List.of());
    }

    // ---- share groups (KIP-932)

    private static List<DifferentialCase> share() {
        return List.of(
                of(ApiKeys.SHARE_GROUP_HEARTBEAT, "of a member", (world, version) -> shareHeartbeat(world, "share")),
                of(
                        ApiKeys.SHARE_GROUP_DESCRIBE,
                        "with a member, and a missing one",
                        (world, version) -> new ShareGroupDescribeRequestData()
                                .setGroupIds(List.of(world.name("share"), world.name("never")))),
                of(ApiKeys.SHARE_FETCH, "a topic and a missing one", (world, version) -> {
                    awaitShare(world);
                    ShareFetchRequestData request = shareFetch(world, "share", "fetcher-" + version);
                    request.topics().add(shareTopic(world.topicId(BASE)));
                    request.topics().add(shareTopic(Uuid.randomUuid()));
                    return request;
                }),
                of(
                        ApiKeys.SHARE_FETCH,
                        "in a session that is not there",
                        (world, version) ->
                                shareFetch(world, "share", "nobody-" + version).setShareSessionEpoch(5)),
                of(ApiKeys.SHARE_ACKNOWLEDGE, "in a session", (world, version) -> {
                    awaitShare(world);
                    String member = "acknowledger-" + version;
                    ShareFetchRequestData fetch = shareFetch(world, "share", member);
                    fetch.topics().add(shareTopic(world.topicId(BASE)));
                    world.call(ApiKeys.SHARE_FETCH, 1, fetch);
                    ShareAcknowledgeRequestData request = new ShareAcknowledgeRequestData()
                            .setGroupId(world.name("share"))
                            .setMemberId(member)
                            .setShareSessionEpoch(1);
                    request.topics().add(acknowledged(world.topicId(BASE)));
                    return request;
                }),
                of(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, "of a topic and of a missing one", (world, version) -> {
                    AlterShareGroupOffsetsRequestData request =
                            new AlterShareGroupOffsetsRequestData().setGroupId(world.name("share-offsets"));
                    for (String name : List.of(BASE, MISSING)) {
                        request.topics()
                                .add(new AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic()
                                        .setTopicName(world.name(name))
                                        .setPartitions(List.of(
                                                new AlterShareGroupOffsetsRequestData
                                                                .AlterShareGroupOffsetsRequestPartition()
                                                        .setPartitionIndex(0)
                                                        .setStartOffset(1))));
                    }
                    return request;
                }),
                of(
                        ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                        "of topics, and of a missing group",
                        (world, version) -> new DescribeShareGroupOffsetsRequestData()
                                .setGroups(List.of(
                                        new DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup()
                                                .setGroupId(world.name("share-offsets"))
                                                .setTopics(List.of(
                                                        new DescribeShareGroupOffsetsRequestData
                                                                        .DescribeShareGroupOffsetsRequestTopic()
                                                                .setTopicName(world.name(BASE))
                                                                .setPartitions(List.of(0)))),
                                        new DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup()
                                                .setGroupId(world.name("share-offsets-of-all"))
                                                .setTopics(null)))),
                of(
                        ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                        "of all topics",
                        (world, version) -> new DescribeShareGroupOffsetsRequestData()
                                .setGroups(List.of(
                                        new DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup()
                                                .setGroupId(world.name("share-offsets"))
                                                .setTopics(null)))),
                of(
                        ApiKeys.DELETE_SHARE_GROUP_OFFSETS,
                        "of a topic and of a missing one",
                        (world, version) -> new DeleteShareGroupOffsetsRequestData()
                                .setGroupId(world.name("share-offsets"))
                                .setTopics(Stream.of(BASE, MISSING)
                                        .map(name ->
                                                new DeleteShareGroupOffsetsRequestData
                                                                .DeleteShareGroupOffsetsRequestTopic()
                                                        .setTopicName(world.name(name)))
                                        .toList())));
    }

    private static ShareGroupHeartbeatRequestData shareHeartbeat(World world, String group) {
        return new ShareGroupHeartbeatRequestData()
                .setGroupId(world.name(group))
                .setMemberId("member-of-share")
                .setMemberEpoch(0)
                .setSubscribedTopicNames(List.of(world.name(BASE), world.name(MISSING)));
    }

    /** The group's state is made by and by after its first member has come. */
    private static void awaitShare(World world) throws Exception {
        for (int attempt = 0; attempt < 50; attempt++) {
            ShareFetchRequestData request = shareFetch(world, "share", "first");
            request.topics().add(shareTopic(world.topicId(BASE)));
            ShareFetchResponseData response = world.call(ApiKeys.SHARE_FETCH, 1, request);
            boolean ready = response.responses().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .noneMatch(partition -> partition.errorCode() == Errors.UNKNOWN_SERVER_ERROR.code()
                            || partition.errorCode() == Errors.INVALID_REQUEST.code()
                            || partition.errorCode() == Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            if (ready) {
                return;
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("the share group is not ready after 50 attempts");
    }

    private static ShareFetchRequestData shareFetch(World world, String group, String member) {
        return new ShareFetchRequestData()
                .setGroupId(world.name(group))
                .setMemberId(member)
                .setShareSessionEpoch(0)
                .setMaxWaitMs(100)
                .setMinBytes(0)
                .setMaxBytes(1 << 20)
                .setMaxRecords(100)
                .setBatchSize(100);
    }

    private static ShareFetchRequestData.FetchTopic shareTopic(Uuid id) {
        ShareFetchRequestData.FetchTopic topic = new ShareFetchRequestData.FetchTopic().setTopicId(id);
        topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
        return topic;
    }

    private static ShareAcknowledgeRequestData.AcknowledgeTopic acknowledged(Uuid id) {
        ShareAcknowledgeRequestData.AcknowledgeTopic topic =
                new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(id);
        topic.partitions()
                .add(new ShareAcknowledgeRequestData.AcknowledgePartition()
                        .setPartitionIndex(0)
                        .setAcknowledgementBatches(List.of(new ShareAcknowledgeRequestData.AcknowledgementBatch()
                                .setFirstOffset(1_000)
                                .setLastOffset(1_001)
                                .setAcknowledgeTypes(List.of((byte) 1)))));
        return topic;
    }

    // ---- Streams groups (KIP-1071)

    private static List<DifferentialCase> streams() {
        return List.of(
                of(
                        ApiKeys.STREAMS_GROUP_HEARTBEAT,
                        "with a topology",
                        (world, version) -> streamsHeartbeat(world, "streams-" + version, BASE)),
                of(
                        ApiKeys.STREAMS_GROUP_HEARTBEAT,
                        "with a missing source",
                        (world, version) -> streamsHeartbeat(world, "streams-missing-" + version, MISSING)),
                of(
                        ApiKeys.STREAMS_GROUP_DESCRIBE,
                        "with a member, and a missing one",
                        (world, version) -> new StreamsGroupDescribeRequestData()
                                .setGroupIds(List.of(world.name("streams-1"), world.name("never")))),
                of(
                        ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE,
                        "of a member",
                        (world, version) -> new StreamsGroupTopologyDescriptionUpdateRequestData()
                                .setGroupId(world.name("streams-1"))
                                .setMemberId("member-of-streams-1")
                                .setTopologyEpoch(0)
                                .setTopologyDescription(
                                        new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescription())),
                of(
                        ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE,
                        "with topics",
                        (world, version) -> new StreamsGroupTopologyDescriptionUpdateRequestData()
                                .setGroupId(world.name("streams-1"))
                                .setMemberId("member-of-streams-1")
                                .setTopologyEpoch(0)
                                .setTopologyDescription(topologyDescription(world))),
                of(
                                ApiKeys.STREAMS_GROUP_DESCRIBE,
                                "with its topology",
                                (world, version) -> new StreamsGroupDescribeRequestData()
                                        .setGroupIds(List.of(world.name("streams-1")))
                                        .setIncludeTopologyDescription(true))
                        .versions(1, 1));
    }

    private static StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescription topologyDescription(
            World world) {
        return new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescription()
                .setSubtopologies(List.of(
                        new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionSubtopology()
                                .setSubtopologyId("0")
                                .setNodes(List.of(
                                        new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionNode()
                                                .setName("KSTREAM-SOURCE-0000000000")
                                                .setNodeType((byte) 1)
                                                .setSourceTopics(List.of(world.name(BASE)))
                                                .setSinkTopic(null),
                                        new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionNode()
                                                .setName("KSTREAM-SINK-0000000001")
                                                .setNodeType((byte) 3)
                                                .setSinkTopic(world.name(SECOND))))));
    }

    private static StreamsGroupHeartbeatRequestData streamsHeartbeat(World world, String group, String source) {
        StreamsGroupHeartbeatRequestData.TopicInfo changelog = new StreamsGroupHeartbeatRequestData.TopicInfo()
                .setName(world.name(group + "-counts-changelog"))
                .setReplicationFactor((short) 1)
                .setTopicConfigs(List.of(new StreamsGroupHeartbeatRequestData.KeyValue()
                        .setKey("cleanup.policy")
                        .setValue("compact")));
        return new StreamsGroupHeartbeatRequestData()
                .setGroupId(world.name(group))
                .setMemberId("member-of-" + group)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(30_000)
                .setProcessId("process")
                .setActiveTasks(List.of())
                .setStandbyTasks(List.of())
                .setWarmupTasks(List.of())
                .setTopology(new StreamsGroupHeartbeatRequestData.Topology()
                        .setEpoch(0)
                        .setSubtopologies(List.of(new StreamsGroupHeartbeatRequestData.Subtopology()
                                .setSubtopologyId("0")
                                .setSourceTopics(List.of(world.name(source)))
                                .setStateChangelogTopics(List.of(changelog)))));
    }

    // ---- lists, and the end

    private static List<DifferentialCase> lists() {
        return List.of(
                of(ApiKeys.LIST_GROUPS, "all", (world, version) -> new ListGroupsRequestData())
                        .listing(),
                of(
                                ApiKeys.LIST_GROUPS,
                                "by type",
                                (world, version) -> new ListGroupsRequestData()
                                        .setTypesFilter(List.of("consumer", "share", "streams")))
                        .versions(5, 5)
                        .listing(),
                of(ApiKeys.DELETE_GROUPS, "an empty, a full and a missing one", (world, version) -> {
                    world.call(
                            ApiKeys.OFFSET_COMMIT,
                            8,
                            new OffsetCommitRequestData()
                                    .setGroupId(world.name("delete-" + version))
                                    .setMemberId("")
                                    .setTopics(List.of(committed(world, (short) 8, BASE, null))));
                    return new DeleteGroupsRequestData()
                            .setGroupsNames(List.of(
                                    world.name("delete-" + version), world.name("beat-0"), world.name("never")));
                }));
    }
}
