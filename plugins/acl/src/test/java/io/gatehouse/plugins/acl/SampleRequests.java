/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterControllerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * A request of every API about some resources, for tests of each row of the table, and for the comparison of a broker with ACLs and a gateway. Names that begin with {@code open}
 * are allowed to some users, {@code half} to be described, {@code closed} not at all.
 *
 * @param names of topics, groups and transactional ids alike
 * @param user who asks
 * @param unique makes names of what a request creates its own
 * @param idOf the id of a topic in the cluster that is asked
 */
public record SampleRequests(List<String> names, String user, String unique, Function<String, Uuid> idOf) {

    private static final String MEMBER = "AAAAAAAAAAAAAAAAAAAAAA";

    private List<String> own() {
        return names.stream().map(name -> name + "-" + unique).toList();
    }

    private String first() {
        return names.get(0);
    }

    private String ownFirst() {
        return own().get(0);
    }

    /** The variants of an API's request that are worth comparing; none for what clients do not send. */
    public List<ApiMessage> of(ApiKeys api, short version) {
        return switch (api) {
            case PRODUCE -> List.of(produce(version, false), produce(version, true));
            case FETCH -> List.of(fetch(version, -1), fetch(version, 1));
            case LIST_OFFSETS -> List.of(listOffsets());
            case METADATA -> metadata(version);
            case DESCRIBE_TOPIC_PARTITIONS ->
                List.of(
                        new DescribeTopicPartitionsRequestData(),
                        new DescribeTopicPartitionsRequestData()
                                .setTopics(each(
                                        names,
                                        name -> new DescribeTopicPartitionsRequestData.TopicRequest().setName(name))),
                        new DescribeTopicPartitionsRequestData()
                                .setCursor(new DescribeTopicPartitionsRequestData.Cursor()
                                        .setTopicName(first())
                                        .setPartitionIndex(1))
                                .setTopics(each(
                                        names,
                                        name -> new DescribeTopicPartitionsRequestData.TopicRequest().setName(name))));
            case DELETE_RECORDS ->
                List.of(new DeleteRecordsRequestData()
                        .setTimeoutMs(5_000)
                        .setTopics(each(
                                names,
                                name -> new DeleteRecordsRequestData.DeleteRecordsTopic()
                                        .setName(name)
                                        .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                                .setPartitionIndex(0)
                                                .setOffset(0))))));
            case OFFSET_FOR_LEADER_EPOCH -> List.of(offsetForLeaderEpoch());
            case DESCRIBE_PRODUCERS -> List.of(describeProducers());
            case OFFSET_COMMIT -> List.of(offsetCommit(version));
            case OFFSET_FETCH -> offsetFetch(version);
            case FIND_COORDINATOR -> findCoordinator(version);
            case JOIN_GROUP -> List.of(joinGroup());
            case HEARTBEAT ->
                List.of(new HeartbeatRequestData().setGroupId(first()).setMemberId("m"));
            case LEAVE_GROUP ->
                List.of(
                        version < 3
                                ? new LeaveGroupRequestData()
                                        .setGroupId(first())
                                        .setMemberId("m")
                                : new LeaveGroupRequestData()
                                        .setGroupId(first())
                                        .setMembers(
                                                List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId("m"))));
            case SYNC_GROUP ->
                List.of(new SyncGroupRequestData()
                        .setGroupId(first())
                        .setMemberId("m")
                        .setProtocolType(version < 5 ? null : "consumer")
                        .setProtocolName(version < 5 ? null : "range"));
            case DESCRIBE_GROUPS ->
                List.of(new DescribeGroupsRequestData()
                        .setGroups(copy(names))
                        .setIncludeAuthorizedOperations(version >= 3));
            case LIST_GROUPS -> List.of(new ListGroupsRequestData());
            case DELETE_GROUPS -> List.of(new DeleteGroupsRequestData().setGroupsNames(copy(own())));
            case OFFSET_DELETE -> List.of(offsetDelete());
            case CONSUMER_GROUP_HEARTBEAT ->
                List.of(
                        consumerHeartbeat().setSubscribedTopicNames(List.of(first())),
                        consumerHeartbeat()
                                .setGroupId(first().replaceAll("closed|half", "open") + "x-" + unique)
                                .setSubscribedTopicNames(copy(names)));
            case CONSUMER_GROUP_DESCRIBE ->
                List.of(new ConsumerGroupDescribeRequestData()
                        .setGroupIds(copy(names))
                        .setIncludeAuthorizedOperations(true));
            case SHARE_GROUP_HEARTBEAT ->
                List.of(new ShareGroupHeartbeatRequestData()
                        .setGroupId(ownFirst() + "-share")
                        .setMemberId(MEMBER)
                        .setSubscribedTopicNames(copy(names)));
            case SHARE_GROUP_DESCRIBE ->
                List.of(new ShareGroupDescribeRequestData()
                        .setGroupIds(copy(names))
                        .setIncludeAuthorizedOperations(true));
            case SHARE_FETCH -> List.of(shareFetch());
            case SHARE_ACKNOWLEDGE -> List.of(shareAcknowledge());
            case DESCRIBE_SHARE_GROUP_OFFSETS ->
                List.of(
                        new DescribeShareGroupOffsetsRequestData()
                                .setGroups(each(
                                        names,
                                        name ->
                                                new DescribeShareGroupOffsetsRequestData
                                                                .DescribeShareGroupOffsetsRequestGroup()
                                                        .setGroupId(name + "-share")
                                                        .setTopics(null))),
                        new DescribeShareGroupOffsetsRequestData()
                                .setGroups(List.of(
                                        new DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup()
                                                .setGroupId("open-share")
                                                .setTopics(each(
                                                        names,
                                                        name ->
                                                                new DescribeShareGroupOffsetsRequestData
                                                                                .DescribeShareGroupOffsetsRequestTopic()
                                                                        .setTopicName(name)
                                                                        .setPartitions(List.of(0)))))));
            case ALTER_SHARE_GROUP_OFFSETS -> List.of(alterShareOffsets(first()), alterShareOffsets("open"));
            case DELETE_SHARE_GROUP_OFFSETS -> List.of(deleteShareOffsets(first()), deleteShareOffsets("open"));
            case STREAMS_GROUP_HEARTBEAT -> List.of(streamsHeartbeat(false), streamsHeartbeat(true));
            case STREAMS_GROUP_DESCRIBE ->
                List.of(new StreamsGroupDescribeRequestData()
                        .setGroupIds(copy(names))
                        .setIncludeAuthorizedOperations(true));
            case STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE ->
                List.of(new StreamsGroupTopologyDescriptionUpdateRequestData()
                        .setGroupId(first())
                        .setMemberId(MEMBER));
            case INIT_PRODUCER_ID ->
                List.of(
                        new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1_000),
                        new InitProducerIdRequestData()
                                .setTransactionalId(ownFirst())
                                .setTransactionTimeoutMs(1_000));
            case ADD_PARTITIONS_TO_TXN -> addPartitions();
            case ADD_OFFSETS_TO_TXN ->
                List.of(
                        new AddOffsetsToTxnRequestData()
                                .setTransactionalId(first())
                                .setGroupId("open"),
                        new AddOffsetsToTxnRequestData()
                                .setTransactionalId("open")
                                .setGroupId(first()));
            case END_TXN ->
                List.of(new EndTxnRequestData().setTransactionalId(first()).setProducerId(1));
            case TXN_OFFSET_COMMIT ->
                List.of(
                        txnOffsetCommit(version, "open", "open"),
                        txnOffsetCommit(version, first(), "open"),
                        txnOffsetCommit(version, "open", first()));
            case DESCRIBE_TRANSACTIONS ->
                List.of(new DescribeTransactionsRequestData().setTransactionalIds(copy(names)));
            case LIST_TRANSACTIONS -> List.of(new ListTransactionsRequestData());
            case CREATE_TOPICS -> List.of(createTopics());
            case DELETE_TOPICS -> deleteTopics(version);
            case CREATE_PARTITIONS -> List.of(createPartitions());
            case DESCRIBE_CONFIGS -> List.of(describeConfigs());
            case ALTER_CONFIGS -> List.of(alterConfigs());
            case INCREMENTAL_ALTER_CONFIGS -> List.of(incrementalAlterConfigs());
            case LIST_CONFIG_RESOURCES ->
                List.of(new ListConfigResourcesRequestData()
                        .setResourceTypes(version == 0 ? List.of() : List.of((byte) 2)));
            case DESCRIBE_CLUSTER ->
                List.of(new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true));
            case DESCRIBE_LOG_DIRS -> List.of(describeLogDirs());
            case ALTER_REPLICA_LOG_DIRS -> List.of(alterReplicaLogDirs());
            case ELECT_LEADERS -> List.of(electLeaders(version));
            case ALTER_PARTITION_REASSIGNMENTS ->
                List.of(new AlterPartitionReassignmentsRequestData().setTimeoutMs(5_000));
            case LIST_PARTITION_REASSIGNMENTS ->
                List.of(new ListPartitionReassignmentsRequestData()
                        .setTopics(null)
                        .setTimeoutMs(5_000));
            case DESCRIBE_CLIENT_QUOTAS -> List.of(new DescribeClientQuotasRequestData());
            case ALTER_CLIENT_QUOTAS ->
                List.of(new AlterClientQuotasRequestData()
                        .setValidateOnly(true)
                        .setEntries(List.of(new AlterClientQuotasRequestData.EntryData()
                                .setEntity(List.of(new AlterClientQuotasRequestData.EntityData()
                                        .setEntityType("user")
                                        .setEntityName("someone")))
                                .setOps(List.of(new AlterClientQuotasRequestData.OpData()
                                        .setKey("consumer_byte_rate")
                                        .setValue(1_000_000))))));
            case DESCRIBE_USER_SCRAM_CREDENTIALS ->
                List.of(new DescribeUserScramCredentialsRequestData()
                        .setUsers(List.of(new DescribeUserScramCredentialsRequestData.UserName().setName("someone"))));
            case ALTER_USER_SCRAM_CREDENTIALS ->
                List.of(new AlterUserScramCredentialsRequestData()
                        .setDeletions(List.of(new AlterUserScramCredentialsRequestData.ScramCredentialDeletion()
                                .setName("someone")
                                .setMechanism((byte) 1))));
            case UPDATE_FEATURES ->
                List.of(new UpdateFeaturesRequestData().setTimeoutMs(5_000).setValidateOnly(version >= 1));
            case UNREGISTER_BROKER -> List.of(new UnregisterBrokerRequestData().setBrokerId(77));
            case UNREGISTER_CONTROLLER -> List.of(new UnregisterControllerRequestData());
            case WRITE_TXN_MARKERS ->
                List.of(new WriteTxnMarkersRequestData()
                        .setMarkers(List.of(new WriteTxnMarkersRequestData.WritableTxnMarker()
                                .setProducerId(-1)
                                .setTopics(List.of(new WriteTxnMarkersRequestData.WritableTxnMarkerTopic()
                                        .setName("missing")
                                        .setPartitionIndexes(List.of(0)))))));
            case GET_TELEMETRY_SUBSCRIPTIONS -> List.of(new GetTelemetrySubscriptionsRequestData());
            case PUSH_TELEMETRY -> List.of(new PushTelemetryRequestData().setClientInstanceId(new Uuid(1, 5)));
            // Of no partition and no cluster that is there: nothing changes, and what is told is the same everywhere.
            case DESCRIBE_QUORUM ->
                List.of(new DescribeQuorumRequestData()
                        .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                                .setTopicName("missing")
                                .setPartitions(
                                        List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0))))));
            case ADD_RAFT_VOTER ->
                List.of(new AddRaftVoterRequestData()
                        .setClusterId("another")
                        .setTimeoutMs(5_000)
                        .setVoterId(77)
                        .setVoterDirectoryId(new Uuid(1, 6)));
            case REMOVE_RAFT_VOTER ->
                List.of(new RemoveRaftVoterRequestData()
                        .setClusterId("another")
                        .setVoterId(77)
                        .setVoterDirectoryId(new Uuid(1, 6)));
            case DESCRIBE_ACLS -> List.of(describeAcls(null), describeAcls(ownFirst()));
            case CREATE_ACLS -> List.of(createAcls());
            case DELETE_ACLS -> List.of(deleteAcls(ownFirst()), deleteAcls("oracle-" + user));
            default -> List.of();
        };
    }

    private static <T, R> List<R> each(List<T> values, Function<T, R> made) {
        return values.stream().map(made).collect(Collectors.toCollection(ArrayList::new));
    }

    private static <T> List<T> copy(List<T> values) {
        return new ArrayList<>(values);
    }

    private ProduceRequestData produce(short version, boolean transactional) {
        ProduceRequestData request = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(5_000)
                .setTransactionalId(transactional ? first() : null);
        for (String name : names) {
            SimpleRecord record =
                    new SimpleRecord(1L, "k".getBytes(StandardCharsets.UTF_8), "v".getBytes(StandardCharsets.UTF_8));
            MemoryRecords records = transactional
                    ? MemoryRecords.withTransactionalRecords(Compression.NONE, 7_000, (short) 0, 0, record)
                    : MemoryRecords.withRecords(Compression.NONE, record);
            ProduceRequestData.TopicProduceData topic =
                    new ProduceRequestData.TopicProduceData().setName(name).setTopicId(id(version >= 13, name));
            topic.partitionData()
                    .add(new ProduceRequestData.PartitionProduceData()
                            .setIndex(0)
                            .setRecords(records));
            request.topicData().add(topic);
        }
        return request;
    }

    private Uuid id(boolean used, String name) {
        return used ? idOf.apply(name) : Uuid.ZERO_UUID;
    }

    private FetchRequestData fetch(short version, int replica) {
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(0)
                .setSessionEpoch(-1)
                .setTopics(each(
                        names,
                        name -> new FetchRequestData.FetchTopic()
                                .setTopic(name)
                                .setTopicId(id(version >= 13, name))
                                .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                        .setPartition(0)
                                        .setPartitionMaxBytes(1)))));
        if (version >= 15) {
            return request.setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(replica));
        }
        return request.setReplicaId(replica);
    }

    private ListOffsetsRequestData listOffsets() {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(each(
                        names,
                        name -> new ListOffsetsRequestData.ListOffsetsTopic()
                                .setName(name)
                                .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                        .setPartitionIndex(0)
                                        .setTimestamp(-2)))));
    }

    private List<ApiMessage> metadata(short version) {
        List<ApiMessage> requests = new ArrayList<>();
        requests.add(metadata(names, version));
        if (version >= 4) {
            requests.add(metadata(
                            names.stream()
                                    .filter(name -> !name.contains("missing"))
                                    .toList(),
                            version)
                    .setAllowAutoTopicCreation(true));
            requests.add(metadata(own(), version).setAllowAutoTopicCreation(true));
        }
        requests.add(metadata(List.of(), version).setTopics(version == 0 ? List.of() : null));
        if (version >= 12) {
            requests.add(metadata(List.of(), version)
                    .setTopics(each(
                            names,
                            name -> new MetadataRequestData.MetadataRequestTopic()
                                    .setName(null)
                                    .setTopicId(idOf.apply(name)))));
        }
        return requests;
    }

    private static MetadataRequestData metadata(List<String> topics, short version) {
        return new MetadataRequestData()
                .setAllowAutoTopicCreation(version < 4)
                .setIncludeTopicAuthorizedOperations(version >= 8)
                .setIncludeClusterAuthorizedOperations(version >= 8 && version <= 10)
                .setTopics(each(topics, name -> new MetadataRequestData.MetadataRequestTopic().setName(name)));
    }

    private OffsetForLeaderEpochRequestData offsetForLeaderEpoch() {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-2);
        for (String name : names) {
            request.topics()
                    .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                            .setTopic(name)
                            .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                    .setPartition(0)
                                    .setLeaderEpoch(0))));
        }
        return request;
    }

    private DescribeProducersRequestData describeProducers() {
        DescribeProducersRequestData request = new DescribeProducersRequestData();
        for (String name : names) {
            request.topics()
                    .add(new DescribeProducersRequestData.TopicRequest()
                            .setName(name)
                            .setPartitionIndexes(List.of(0)));
        }
        return request;
    }

    private OffsetCommitRequestData offsetCommit(short version) {
        return new OffsetCommitRequestData()
                .setGroupId(first())
                .setTopics(each(
                        names,
                        name -> new OffsetCommitRequestData.OffsetCommitRequestTopic()
                                .setName(name)
                                .setTopicId(id(version >= 10, name))
                                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                        .setPartitionIndex(0)
                                        .setCommittedOffset(1)))));
    }

    private List<ApiMessage> offsetFetch(short version) {
        if (version < 8) {
            List<ApiMessage> requests = new ArrayList<>();
            requests.add(new OffsetFetchRequestData()
                    .setGroupId(first())
                    .setTopics(each(
                            names,
                            name -> new OffsetFetchRequestData.OffsetFetchRequestTopic()
                                    .setName(name)
                                    .setPartitionIndexes(List.of(0)))));
            if (version >= 2) {
                requests.add(new OffsetFetchRequestData().setGroupId(first()).setTopics(null));
            }
            return requests;
        }
        return List.of(
                new OffsetFetchRequestData()
                        .setGroups(each(
                                names,
                                group -> new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                        .setGroupId(group)
                                        .setTopics(each(
                                                names,
                                                name -> new OffsetFetchRequestData.OffsetFetchRequestTopics()
                                                        .setName(name)
                                                        .setTopicId(id(version >= 10, name))
                                                        .setPartitionIndexes(List.of(0)))))),
                new OffsetFetchRequestData()
                        .setGroups(each(
                                names,
                                group -> new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                        .setGroupId(group)
                                        .setTopics(null))));
    }

    private List<ApiMessage> findCoordinator(short version) {
        List<ApiMessage> requests = new ArrayList<>();
        for (byte type = 0; type <= (version >= 6 ? 2 : version >= 1 ? 1 : 0); type++) {
            FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType(type);
            requests.add(
                    version < 4
                            ? request.setKey(first())
                            : request.setCoordinatorKeys(type == 2 ? List.of("group:" + MEMBER + ":0") : copy(names)));
        }
        return requests;
    }

    private JoinGroupRequestData joinGroup() {
        JoinGroupRequestData.JoinGroupRequestProtocolCollection protocols =
                new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                .setName("range")
                .setMetadata(new byte[0]));
        return new JoinGroupRequestData()
                .setGroupId(ownFirst())
                .setMemberId("")
                .setSessionTimeoutMs(6_000)
                .setRebalanceTimeoutMs(1_000)
                .setProtocolType("consumer")
                .setProtocols(protocols);
    }

    private OffsetDeleteRequestData offsetDelete() {
        OffsetDeleteRequestData request = new OffsetDeleteRequestData().setGroupId(first());
        for (String name : names) {
            request.topics()
                    .add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                            .setName(name)
                            .setPartitions(List.of(
                                    new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(7))));
        }
        return request;
    }

    private ConsumerGroupHeartbeatRequestData consumerHeartbeat() {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(ownFirst() + "-new")
                .setMemberId(MEMBER)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(1_000)
                .setTopicPartitions(List.of());
    }

    private ShareFetchRequestData shareFetch() {
        ShareFetchRequestData request = new ShareFetchRequestData()
                .setGroupId(ownFirst() + "-share")
                .setMemberId(MEMBER)
                .setShareSessionEpoch(0)
                .setMaxWaitMs(0)
                .setMaxRecords(1)
                .setBatchSize(1);
        // A broker's ACLs fail on ids that nobody knows: NullPointerException in AuthHelper.filterByAuthorized.
        for (String name :
                names.stream().filter(name -> !name.contains("missing")).toList()) {
            ShareFetchRequestData.FetchTopic topic =
                    new ShareFetchRequestData.FetchTopic().setTopicId(idOf.apply(name));
            topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
            request.topics().add(topic);
        }
        return request;
    }

    private ShareAcknowledgeRequestData shareAcknowledge() {
        ShareAcknowledgeRequestData request = new ShareAcknowledgeRequestData()
                .setGroupId(ownFirst() + "-share")
                .setMemberId(MEMBER)
                .setShareSessionEpoch(1);
        for (String name : names) {
            ShareAcknowledgeRequestData.AcknowledgeTopic topic =
                    new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(idOf.apply(name));
            topic.partitions().add(new ShareAcknowledgeRequestData.AcknowledgePartition().setPartitionIndex(0));
            request.topics().add(topic);
        }
        return request;
    }

    private AlterShareGroupOffsetsRequestData alterShareOffsets(String group) {
        AlterShareGroupOffsetsRequestData request =
                new AlterShareGroupOffsetsRequestData().setGroupId(group + "-" + unique + "-share");
        for (String name : names) {
            request.topics()
                    .add(new AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic()
                            .setTopicName(name)
                            .setPartitions(List.of(
                                    new AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition()
                                            .setPartitionIndex(0)
                                            .setStartOffset(0))));
        }
        return request;
    }

    private DeleteShareGroupOffsetsRequestData deleteShareOffsets(String group) {
        return new DeleteShareGroupOffsetsRequestData()
                .setGroupId(group + "-" + unique + "-share")
                .setTopics(each(
                        names,
                        name -> new DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic()
                                .setTopicName(name)));
    }

    private StreamsGroupHeartbeatRequestData streamsHeartbeat(boolean openGroup) {
        return new StreamsGroupHeartbeatRequestData()
                .setGroupId((openGroup ? "open" : first()) + "-" + unique + "-streams" + openGroup)
                .setMemberId(MEMBER)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(1_000)
                .setProcessId("process")
                .setActiveTasks(List.of())
                .setStandbyTasks(List.of())
                .setWarmupTasks(List.of())
                .setTopology(new StreamsGroupHeartbeatRequestData.Topology()
                        .setEpoch(1)
                        .setSubtopologies(List.of(new StreamsGroupHeartbeatRequestData.Subtopology()
                                .setSubtopologyId("0")
                                .setSourceTopics(names.stream()
                                        .filter(name -> !name.contains("missing"))
                                        .toList()))));
    }

    private List<ApiMessage> addPartitions() {
        List<ApiMessage> requests = new ArrayList<>();
        for (String id : List.of(first(), "open")) {
            AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData()
                    .setV3AndBelowTransactionalId(id)
                    .setV3AndBelowProducerId(1);
            for (String name : names) {
                request.v3AndBelowTopics()
                        .add(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic()
                                .setName(name)
                                .setPartitions(List.of(0)));
            }
            requests.add(request);
        }
        return requests;
    }

    private TxnOffsetCommitRequestData txnOffsetCommit(short version, String id, String group) {
        return new TxnOffsetCommitRequestData()
                .setTransactionalId(id)
                .setGroupId(group)
                .setProducerId(1)
                .setTopics(each(
                        names,
                        name -> new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                                .setName(name)
                                .setTopicId(id(version >= 6, name))
                                .setPartitions(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                                        .setPartitionIndex(0)
                                        .setCommittedOffset(1)))));
    }

    private CreateTopicsRequestData createTopics() {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(5_000);
        for (String name : own()) {
            request.topics()
                    .add(new CreateTopicsRequestData.CreatableTopic()
                            .setName(name)
                            .setNumPartitions(1)
                            .setReplicationFactor((short) 1));
        }
        return request;
    }

    private List<ApiMessage> deleteTopics(short version) {
        List<String> topics =
                names.stream().map(name -> name + "-doomed-" + user).toList();
        if (version < 6) {
            return List.of(new DeleteTopicsRequestData().setTimeoutMs(5_000).setTopicNames(copy(topics)));
        }
        return List.of(
                new DeleteTopicsRequestData()
                        .setTimeoutMs(5_000)
                        .setTopics(each(topics, name -> new DeleteTopicsRequestData.DeleteTopicState().setName(name))),
                new DeleteTopicsRequestData()
                        .setTimeoutMs(5_000)
                        .setTopics(each(
                                topics,
                                name -> new DeleteTopicsRequestData.DeleteTopicState()
                                        .setName(null)
                                        .setTopicId(idOf.apply(name)))));
    }

    private CreatePartitionsRequestData createPartitions() {
        CreatePartitionsRequestData request =
                new CreatePartitionsRequestData().setTimeoutMs(5_000).setValidateOnly(true);
        for (String name : names) {
            request.topics()
                    .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                            .setName(name)
                            .setCount(5)
                            .setAssignments(null));
        }
        return request;
    }

    private DescribeConfigsRequestData describeConfigs() {
        List<DescribeConfigsRequestData.DescribeConfigsResource> resources = new ArrayList<>();
        for (byte type : new byte[] {2, 32}) {
            names.forEach(name -> resources.add(new DescribeConfigsRequestData.DescribeConfigsResource()
                    .setResourceType(type)
                    .setResourceName(name)
                    .setConfigurationKeys(List.of("retention.ms", "consumer.session.timeout.ms"))));
        }
        resources.add(new DescribeConfigsRequestData.DescribeConfigsResource()
                .setResourceType((byte) 4)
                .setResourceName("1")
                .setConfigurationKeys(List.of("num.io.threads")));
        return new DescribeConfigsRequestData().setResources(resources);
    }

    private AlterConfigsRequestData alterConfigs() {
        AlterConfigsRequestData request = new AlterConfigsRequestData().setValidateOnly(true);
        for (String name : names) {
            AlterConfigsRequestData.AlterableConfigCollection configs =
                    new AlterConfigsRequestData.AlterableConfigCollection();
            configs.add(new AlterConfigsRequestData.AlterableConfig()
                    .setName("retention.ms")
                    .setValue("60000"));
            request.resources()
                    .add(new AlterConfigsRequestData.AlterConfigsResource()
                            .setResourceType((byte) 2)
                            .setResourceName(name)
                            .setConfigs(configs));
        }
        AlterConfigsRequestData.AlterableConfigCollection broker =
                new AlterConfigsRequestData.AlterableConfigCollection();
        broker.add(new AlterConfigsRequestData.AlterableConfig()
                .setName("log.cleaner.threads")
                .setValue("1"));
        request.resources()
                .add(new AlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType((byte) 4)
                        .setResourceName("1")
                        .setConfigs(broker));
        return request;
    }

    private IncrementalAlterConfigsRequestData incrementalAlterConfigs() {
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData().setValidateOnly(true);
        for (byte type : new byte[] {2, 32}) {
            for (String name : names) {
                IncrementalAlterConfigsRequestData.AlterableConfigCollection configs =
                        new IncrementalAlterConfigsRequestData.AlterableConfigCollection();
                configs.add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(type == 2 ? "retention.ms" : "consumer.session.timeout.ms")
                        .setConfigOperation((byte) 0)
                        .setValue("50000"));
                request.resources()
                        .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                                .setResourceType(type)
                                .setResourceName(name)
                                .setConfigs(configs));
            }
        }
        IncrementalAlterConfigsRequestData.AlterableConfigCollection broker =
                new IncrementalAlterConfigsRequestData.AlterableConfigCollection();
        broker.add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                .setName("log.cleaner.threads")
                .setConfigOperation((byte) 0)
                .setValue("1"));
        request.resources()
                .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType((byte) 4)
                        .setResourceName("1")
                        .setConfigs(broker));
        return request;
    }

    private static DescribeAclsRequestData describeAcls(@Nullable String topic) {
        return new DescribeAclsRequestData()
                .setResourceTypeFilter((topic == null ? ResourceType.ANY : ResourceType.TOPIC).code())
                .setResourceNameFilter(topic)
                .setPatternTypeFilter(PatternType.MATCH.code())
                .setOperation(AclOperation.ANY.code())
                .setPermissionType(AclPermissionType.ANY.code());
    }

    /** Good ones, each twice, and one that Kafka's controller refuses. */
    private CreateAclsRequestData createAcls() {
        List<CreateAclsRequestData.AclCreation> creations = new ArrayList<>();
        for (String name : List.of("oracle-" + user, "oracle-" + user)) {
            creations.add(creation(name, ResourceType.TOPIC));
        }
        creations.add(creation(ownFirst(), ResourceType.CLUSTER));
        return new CreateAclsRequestData().setCreations(creations);
    }

    private static CreateAclsRequestData.AclCreation creation(String name, ResourceType type) {
        return new CreateAclsRequestData.AclCreation()
                .setResourceType(type.code())
                .setResourceName(name)
                .setResourcePatternType(PatternType.PREFIXED.code())
                .setPrincipal("User:nobody")
                .setHost("*")
                .setOperation(AclOperation.READ.code())
                .setPermissionType(AclPermissionType.ALLOW.code());
    }

    private static DeleteAclsRequestData deleteAcls(String name) {
        return new DeleteAclsRequestData()
                .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                        .setResourceTypeFilter(ResourceType.TOPIC.code())
                        .setResourceNameFilter(name)
                        .setPatternTypeFilter(PatternType.PREFIXED.code())
                        .setPrincipalFilter("User:nobody")
                        .setOperation(AclOperation.ANY.code())
                        .setPermissionType(AclPermissionType.ANY.code())));
    }

    private static DescribeLogDirsRequestData describeLogDirs() {
        DescribeLogDirsRequestData request = new DescribeLogDirsRequestData();
        request.topics()
                .add(new DescribeLogDirsRequestData.DescribableLogDirTopic()
                        .setTopic("missing")
                        .setPartitions(List.of(0)));
        return request;
    }

    private static AlterReplicaLogDirsRequestData alterReplicaLogDirs() {
        AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection topics =
                new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection();
        topics.add(new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic()
                .setName("missing")
                .setPartitions(List.of(0)));
        AlterReplicaLogDirsRequestData request = new AlterReplicaLogDirsRequestData();
        request.dirs()
                .add(new AlterReplicaLogDirsRequestData.AlterReplicaLogDir()
                        .setPath("/nowhere")
                        .setTopics(topics));
        return request;
    }

    private ElectLeadersRequestData electLeaders(short version) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setTimeoutMs(5_000);
        ElectLeadersRequestData.TopicPartitionsCollection topics =
                new ElectLeadersRequestData.TopicPartitionsCollection();
        topics.add(
                new ElectLeadersRequestData.TopicPartitions().setTopic(first()).setPartitions(List.of(0)));
        return request.setTopicPartitions(topics);
    }
}
