/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.DifferentialCase.of;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** The requests of {@link NamespaceDifferentialIT}, but those of groups, which {@link DifferentialGroupCases} has. In an order that works. */
final class DifferentialCases {

    /** Topics that are there from the start, with one partition and three records. */
    static final String BASE = "base";

    static final String SECOND = "second";

    /** A topic that never is. */
    static final String MISSING = "missing";

    private DifferentialCases() {}

    static List<DifferentialCase> all() {
        return Stream.of(
                        topics(),
                        records(),
                        offsets(),
                        transactions(),
                        configs(),
                        acls(),
                        cluster(),
                        DifferentialGroupCases.all(),
                        deletions())
                .flatMap(Collection::stream)
                .toList();
    }

    private static List<DifferentialCase> topics() {
        return List.of(
                of(ApiKeys.CREATE_TOPICS, "new, existing and invalid ones", (world, version) -> {
                    CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
                    for (String name : List.of("created-" + version, BASE, "in valid")) {
                        CreateTopicsRequestData.CreatableTopic topic = new CreateTopicsRequestData.CreatableTopic()
                                .setName(world.name(name))
                                .setNumPartitions(2)
                                .setReplicationFactor((short) 1);
                        topic.configs()
                                .add(new CreateTopicsRequestData.CreatableTopicConfig()
                                        .setName("retention.ms")
                                        .setValue("12345678"));
                        request.topics().add(topic);
                    }
                    return request;
                }),
                of(ApiKeys.CREATE_PARTITIONS, "of a topic and of a missing one", (world, version) -> {
                    CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(10_000);
                    for (String name : List.of(SECOND, MISSING)) {
                        request.topics()
                                .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                                        .setName(world.name(name))
                                        .setCount(2 + version)
                                        .setAssignments(null));
                    }
                    return request;
                }),
                of(
                        ApiKeys.METADATA,
                        "by name",
                        (world, version) -> new MetadataRequestData()
                                .setAllowAutoTopicCreation(version < 4)
                                .setTopics(Stream.of(BASE, SECOND)
                                        .map(name -> new MetadataRequestData.MetadataRequestTopic()
                                                .setName(world.name(name)))
                                        .toList())),
                of(
                                ApiKeys.METADATA,
                                "of a missing and an invalid name",
                                (world, version) -> new MetadataRequestData()
                                        .setAllowAutoTopicCreation(false)
                                        .setTopics(Stream.of(MISSING, "in valid")
                                                .map(name -> new MetadataRequestData.MetadataRequestTopic()
                                                        .setName(world.name(name)))
                                                .toList()))
                        .versions(4, ApiKeys.METADATA.latestVersion()),
                of(
                                ApiKeys.METADATA,
                                "of all topics",
                                (world, version) -> new MetadataRequestData()
                                        .setAllowAutoTopicCreation(version < 4)
                                        .setTopics(version == 0 ? List.of() : null))
                        .listing(),
                of(
                                ApiKeys.METADATA,
                                "of no topics",
                                (world, version) -> new MetadataRequestData()
                                        .setAllowAutoTopicCreation(version < 4)
                                        .setTopics(List.of()))
                        .versions(1, ApiKeys.METADATA.latestVersion()),
                of(
                                ApiKeys.METADATA,
                                "by id",
                                (world, version) -> new MetadataRequestData()
                                        .setAllowAutoTopicCreation(false)
                                        .setTopics(Stream.of(world.topicId(BASE), Uuid.randomUuid())
                                                .map(id -> new MetadataRequestData.MetadataRequestTopic()
                                                        .setTopicId(id)
                                                        .setName(null))
                                                .toList()))
                        .versions(12, ApiKeys.METADATA.latestVersion()),
                of(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        "by name, with a cursor",
                        (world, version) -> new DescribeTopicPartitionsRequestData()
                                .setTopics(Stream.of(BASE, SECOND, MISSING)
                                        .map(name -> new DescribeTopicPartitionsRequestData.TopicRequest()
                                                .setName(world.name(name)))
                                        .toList())
                                .setCursor(new DescribeTopicPartitionsRequestData.Cursor()
                                        .setTopicName(world.name(SECOND))
                                        .setPartitionIndex(1))),
                of(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        "page after page",
                        (world, version) -> new DescribeTopicPartitionsRequestData()
                                .setResponsePartitionLimit(1)
                                .setTopics(Stream.of(BASE, SECOND)
                                        .map(name -> new DescribeTopicPartitionsRequestData.TopicRequest()
                                                .setName(world.name(name)))
                                        .toList())),
                of(
                                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                                "of all",
                                (world, version) -> new DescribeTopicPartitionsRequestData())
                        .listing());
    }

    private static List<DifferentialCase> records() {
        return List.of(
                of(ApiKeys.PRODUCE, "to a topic and to a missing one", (world, version) -> {
                    ProduceRequestData request = RawRequests.produce(
                            world.name(BASE),
                            version < 13 ? Uuid.ZERO_UUID : world.topicId(BASE),
                            -1,
                            null,
                            ("value " + version).getBytes(StandardCharsets.UTF_8));
                    ProduceRequestData missing = RawRequests.produce(
                            world.name(MISSING),
                            version < 13 ? Uuid.ZERO_UUID : Uuid.randomUuid(),
                            -1,
                            null,
                            "never".getBytes(StandardCharsets.UTF_8));
                    missing.topicData().forEach(topic -> request.topicData().add(topic.duplicate()));
                    return request;
                }),
                of(
                        ApiKeys.FETCH,
                        "a topic and a missing one",
                        (world, version) -> fetch(world, version, 0, -1)
                                .setTopics(List.of(
                                        topic(world, version, BASE, version < 13 ? null : world.topicId(BASE)),
                                        topic(world, version, MISSING, version < 13 ? null : Uuid.randomUuid())))),
                of(
                                ApiKeys.FETCH,
                                "a session's first",
                                (world, version) -> fetch(world, version, 0, 0)
                                        .setTopics(List.of(topic(
                                                world, version, BASE, version < 13 ? null : world.topicId(BASE)))))
                        .versions(7, ApiKeys.FETCH.latestVersion())
                        .then((world, version, response) ->
                                world.keep("session", ((FetchResponseData) response).sessionId())),
                of(ApiKeys.FETCH, "a session's next, forgetting", (world, version) -> {
                            Uuid base = version < 13 ? null : world.topicId(BASE);
                            FetchResponseData first = world.call(
                                    ApiKeys.FETCH,
                                    version,
                                    fetch(world, version, 0, 0).setTopics(List.of(topic(world, version, BASE, base))));
                            FetchRequestData.ForgottenTopic forgotten =
                                    new FetchRequestData.ForgottenTopic().setPartitions(List.of(0));
                            if (base == null) {
                                forgotten.setTopic(world.name(BASE));
                            } else {
                                forgotten.setTopicId(base);
                            }
                            return fetch(world, version, first.sessionId(), 1)
                                    .setTopics(List.of(
                                            topic(world, version, SECOND, base == null ? null : world.topicId(SECOND))))
                                    .setForgottenTopicsData(List.of(forgotten));
                        })
                        .versions(7, ApiKeys.FETCH.latestVersion()),
                of(
                        ApiKeys.DELETE_RECORDS,
                        "of a topic and of a missing one",
                        (world, version) -> new DeleteRecordsRequestData()
                                .setTimeoutMs(10_000)
                                .setTopics(Stream.of(BASE, MISSING)
                                        .map(name -> new DeleteRecordsRequestData.DeleteRecordsTopic()
                                                .setName(world.name(name))
                                                .setPartitions(
                                                        List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                                                .setPartitionIndex(0)
                                                                .setOffset(1))))
                                        .toList())));
    }

    private static FetchRequestData fetch(World world, short version, int session, int epoch) {
        return new FetchRequestData()
                .setMaxWaitMs(50)
                .setMinBytes(0)
                .setMaxBytes(1 << 20)
                .setSessionId(version < 7 ? 0 : session)
                .setSessionEpoch(version < 7 ? -1 : epoch);
    }

    private static FetchRequestData.FetchTopic topic(World world, short version, String name, Uuid id) {
        FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic()
                .setPartitions(List.of(new FetchRequestData.FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(1)
                        .setPartitionMaxBytes(1 << 20)));
        return id == null ? topic.setTopic(world.name(name)) : topic.setTopicId(id);
    }

    private static List<DifferentialCase> offsets() {
        return List.of(
                of(
                        ApiKeys.LIST_OFFSETS,
                        "of a topic and of a missing one",
                        (world, version) -> new ListOffsetsRequestData()
                                .setReplicaId(-1)
                                .setTopics(Stream.of(BASE, MISSING)
                                        .map(name -> new ListOffsetsRequestData.ListOffsetsTopic()
                                                .setName(world.name(name))
                                                .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                                        .setPartitionIndex(0)
                                                        .setTimestamp(-1))))
                                        .toList())),
                of(ApiKeys.OFFSET_FOR_LEADER_EPOCH, "of a topic and of a missing one", (world, version) -> {
                    OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
                    for (String name : List.of(BASE, MISSING)) {
                        request.topics()
                                .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                                        .setTopic(world.name(name))
                                        .setPartitions(
                                                List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                                        .setPartition(0)
                                                        .setLeaderEpoch(0))));
                    }
                    return request;
                }));
    }

    private static List<DifferentialCase> transactions() {
        return List.of(
                of(
                        ApiKeys.INIT_PRODUCER_ID,
                        "with a transactional id",
                        (world, version) -> new InitProducerIdRequestData()
                                .setTransactionalId(world.name("init-" + version))
                                .setTransactionTimeoutMs(60_000)),
                of(
                        ApiKeys.INIT_PRODUCER_ID,
                        "without one",
                        (world, version) -> new InitProducerIdRequestData()
                                .setTransactionalId(null)
                                .setTransactionTimeoutMs(60_000)),
                of(
                        ApiKeys.INIT_PRODUCER_ID,
                        "with an empty one",
                        (world, version) -> new InitProducerIdRequestData()
                                .setTransactionalId("")
                                .setTransactionTimeoutMs(60_000)),
                of(
                                ApiKeys.ADD_PARTITIONS_TO_TXN,
                                "a topic's",
                                (world, version) -> addPartitions(world, "add-" + version, BASE))
                        .versions(0, 3),
                of(
                                ApiKeys.ADD_PARTITIONS_TO_TXN,
                                "a missing topic's too",
                                (world, version) -> addPartitions(world, "add-missing-" + version, BASE, MISSING))
                        .versions(0, 3),
                of(ApiKeys.ADD_OFFSETS_TO_TXN, "of a group", (world, version) -> {
                    String id = "offsets-" + version;
                    InitProducerIdResponseData producer = world.producer(id);
                    return new AddOffsetsToTxnRequestData()
                            .setTransactionalId(world.name(id))
                            .setProducerId(producer.producerId())
                            .setProducerEpoch(producer.producerEpoch())
                            .setGroupId(world.name("transactional-group"));
                }),
                of(ApiKeys.TXN_OFFSET_COMMIT, "of a topic", (world, version) -> {
                    String id = "commit-" + version;
                    InitProducerIdResponseData producer = world.producer(id);
                    world.call(
                            ApiKeys.ADD_OFFSETS_TO_TXN,
                            3,
                            new AddOffsetsToTxnRequestData()
                                    .setTransactionalId(world.name(id))
                                    .setProducerId(producer.producerId())
                                    .setProducerEpoch(producer.producerEpoch())
                                    .setGroupId(world.name("transactional-group")));
                    TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic topic =
                            new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                                    .setPartitions(
                                            List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                                                    .setPartitionIndex(0)
                                                    .setCommittedOffset(2)
                                                    .setCommittedMetadata("")));
                    return new TxnOffsetCommitRequestData()
                            .setTransactionalId(world.name(id))
                            .setGroupId(world.name("transactional-group"))
                            .setProducerId(producer.producerId())
                            .setProducerEpoch(producer.producerEpoch())
                            .setTopics(List.of(
                                    version < 6
                                            ? topic.setName(world.name(BASE))
                                            : topic.setTopicId(world.topicId(BASE))));
                }),
                of(ApiKeys.DESCRIBE_TRANSACTIONS, "open and missing ones", (world, version) -> {
                    world.call(ApiKeys.ADD_PARTITIONS_TO_TXN, 3, addPartitions(world, "described", BASE));
                    return new DescribeTransactionsRequestData()
                            .setTransactionalIds(List.of(world.name("described"), world.name("never")));
                }),
                of(ApiKeys.DESCRIBE_PRODUCERS, "of a topic and of a missing one", (world, version) -> {
                    DescribeProducersRequestData request = new DescribeProducersRequestData();
                    for (String name : List.of(BASE, MISSING)) {
                        request.topics()
                                .add(new DescribeProducersRequestData.TopicRequest()
                                        .setName(world.name(name))
                                        .setPartitionIndexes(List.of(0)));
                    }
                    return request;
                }),
                of(ApiKeys.LIST_TRANSACTIONS, "all", (world, version) -> new ListTransactionsRequestData())
                        .listing(),
                of(
                                ApiKeys.LIST_TRANSACTIONS,
                                "by pattern",
                                (world, version) -> new ListTransactionsRequestData()
                                        .setTransactionalIdPattern(world.pattern("desc.*|add-.")))
                        .versions(2, 2)
                        .listing(),
                of(ApiKeys.END_TXN, "commit", (world, version) -> {
                    String id = "end-" + version;
                    AddPartitionsToTxnRequestData added = addPartitions(world, id, BASE);
                    world.call(ApiKeys.ADD_PARTITIONS_TO_TXN, 3, added);
                    return new EndTxnRequestData()
                            .setTransactionalId(world.name(id))
                            .setProducerId(added.v3AndBelowProducerId())
                            .setProducerEpoch(added.v3AndBelowProducerEpoch())
                            .setCommitted(true);
                }));
    }

    private static AddPartitionsToTxnRequestData addPartitions(World world, String id, String... topics)
            throws Exception {
        InitProducerIdResponseData producer = world.producer(id);
        AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId(world.name(id))
                .setV3AndBelowProducerId(producer.producerId())
                .setV3AndBelowProducerEpoch(producer.producerEpoch());
        for (String topic : topics) {
            request.v3AndBelowTopics()
                    .add(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic()
                            .setName(world.name(topic))
                            .setPartitions(List.of(0)));
        }
        return request;
    }

    private static List<DifferentialCase> configs() {
        byte topic = ConfigResource.Type.TOPIC.id();
        byte group = ConfigResource.Type.GROUP.id();
        return List.of(
                of(ApiKeys.INCREMENTAL_ALTER_CONFIGS, "of a topic, a missing one and a group", (world, version) -> {
                    IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
                    for (var resource : List.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, BASE),
                            new ConfigResource(ConfigResource.Type.TOPIC, MISSING),
                            new ConfigResource(ConfigResource.Type.GROUP, "configured"))) {
                        boolean isTopic = resource.type() == ConfigResource.Type.TOPIC;
                        IncrementalAlterConfigsRequestData.AlterConfigsResource altered =
                                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                                        .setResourceType(resource.type().id())
                                        .setResourceName(world.name(resource.name()));
                        altered.configs()
                                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                                        .setName(isTopic ? "max.message.bytes" : "share.delivery.count.limit")
                                        .setConfigOperation((byte) 0)
                                        .setValue(isTopic ? "123456" : "7"));
                        request.resources().add(altered);
                    }
                    return request;
                }),
                of(ApiKeys.ALTER_CONFIGS, "of a topic, wrongly", (world, version) -> {
                    AlterConfigsRequestData request = new AlterConfigsRequestData();
                    for (String value : List.of("123456", "many")) {
                        AlterConfigsRequestData.AlterConfigsResource altered =
                                new AlterConfigsRequestData.AlterConfigsResource()
                                        .setResourceType(topic)
                                        .setResourceName(world.name(value.equals("many") ? SECOND : BASE));
                        altered.configs()
                                .add(new AlterConfigsRequestData.AlterableConfig()
                                        .setName("segment.bytes")
                                        .setValue(value.equals("many") ? value : "2123456"));
                        request.resources().add(altered);
                    }
                    return request;
                }),
                of(ApiKeys.DESCRIBE_CONFIGS, "of topics and groups", (world, version) -> {
                    List<DescribeConfigsRequestData.DescribeConfigsResource> resources = new ArrayList<>();
                    for (String name : List.of(BASE, MISSING, "in valid")) {
                        resources.add(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType(topic)
                                .setResourceName(world.name(name))
                                .setConfigurationKeys(List.of("segment.bytes", "retention.ms")));
                    }
                    resources.add(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType(group)
                            .setResourceName(world.name("configured"))
                            .setConfigurationKeys(null));
                    return new DescribeConfigsRequestData()
                            .setResources(resources)
                            .setIncludeSynonyms(true)
                            .setIncludeDocumentation(version >= 3);
                }),
                of(
                                ApiKeys.LIST_CONFIG_RESOURCES,
                                "topics and groups",
                                (world, version) -> new ListConfigResourcesRequestData()
                                        .setResourceTypes(version == 0 ? List.of() : List.of(topic, group)))
                        .listing());
    }

    private static List<DifferentialCase> acls() {
        return List.of(
                of(
                        ApiKeys.DESCRIBE_ACLS,
                        "of a topic",
                        (world, version) -> new DescribeAclsRequestData()
                                .setResourceTypeFilter((byte) 2)
                                .setResourceNameFilter(world.name(BASE))
                                .setPatternTypeFilter((byte) 3)
                                .setOperation((byte) 1)
                                .setPermissionType((byte) 1)),
                of(
                        ApiKeys.CREATE_ACLS,
                        "for a topic",
                        (world, version) -> new CreateAclsRequestData()
                                .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                                        .setResourceType((byte) 2)
                                        .setResourceName(world.name(BASE))
                                        .setResourcePatternType((byte) 3)
                                        .setPrincipal("User:alice")
                                        .setHost("*")
                                        .setOperation((byte) 3)
                                        .setPermissionType((byte) 3)))),
                of(
                        ApiKeys.DELETE_ACLS,
                        "of a topic",
                        (world, version) -> new DeleteAclsRequestData()
                                .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                                        .setResourceTypeFilter((byte) 2)
                                        .setResourceNameFilter(world.name(BASE))
                                        .setPatternTypeFilter((byte) 3)
                                        .setOperation((byte) 1)
                                        .setPermissionType((byte) 1)))));
    }

    private static List<DifferentialCase> cluster() {
        return List.of(
                of(ApiKeys.DESCRIBE_CLUSTER, "", (world, version) -> new DescribeClusterRequestData()),
                of(
                        ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS,
                        "",
                        (world, version) ->
                                new GetTelemetrySubscriptionsRequestData().setClientInstanceId(Uuid.randomUuid())),
                of(
                        ApiKeys.PUSH_TELEMETRY,
                        "of nobody",
                        (world, version) -> new PushTelemetryRequestData().setClientInstanceId(Uuid.randomUuid())));
    }

    private static List<DifferentialCase> deletions() {
        return List.of(
                of(
                                ApiKeys.DELETE_TOPICS,
                                "by name",
                                (world, version) -> new DeleteTopicsRequestData()
                                        .setTimeoutMs(10_000)
                                        .setTopicNames(
                                                List.of(world.name("created-" + (version + 1)), world.name(MISSING))))
                        .versions(1, 5),
                of(
                                ApiKeys.DELETE_TOPICS,
                                "by name, or id",
                                (world, version) -> new DeleteTopicsRequestData()
                                        .setTimeoutMs(10_000)
                                        .setTopics(List.of(
                                                new DeleteTopicsRequestData.DeleteTopicState()
                                                        .setName(world.name("created-7")),
                                                new DeleteTopicsRequestData.DeleteTopicState()
                                                        .setName(null)
                                                        .setTopicId(world.topicId(SECOND)),
                                                new DeleteTopicsRequestData.DeleteTopicState()
                                                        .setName(null)
                                                        .setTopicId(Uuid.randomUuid()))))
                        .versions(6, 6));
    }
}
