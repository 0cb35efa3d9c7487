/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.ALL;
import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.IDEMPOTENT_WRITE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.TWO_PHASE_COMMIT;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_OFFSETS_TO_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_PARTITIONS_TO_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_RAFT_VOTER;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_REPLICA_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_SHARE_GROUP_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_USER_SCRAM_CREDENTIALS;
import static org.apache.kafka.common.protocol.ApiKeys.API_VERSIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_DESCRIBE;
import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_ACLS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_ACLS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_SHARE_GROUP_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_ACLS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLUSTER;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_PRODUCERS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_QUORUM;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TRANSACTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS;
import static org.apache.kafka.common.protocol.ApiKeys.ELECT_LEADERS;
import static org.apache.kafka.common.protocol.ApiKeys.END_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
import static org.apache.kafka.common.protocol.ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_CONFIG_RESOURCES;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_TRANSACTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_DELETE;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FOR_LEADER_EPOCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;
import static org.apache.kafka.common.protocol.ApiKeys.PUSH_TELEMETRY;
import static org.apache.kafka.common.protocol.ApiKeys.REMOVE_RAFT_VOTER;
import static org.apache.kafka.common.protocol.ApiKeys.SASL_AUTHENTICATE;
import static org.apache.kafka.common.protocol.ApiKeys.SASL_HANDSHAKE;
import static org.apache.kafka.common.protocol.ApiKeys.SHARE_ACKNOWLEDGE;
import static org.apache.kafka.common.protocol.ApiKeys.SHARE_FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.SHARE_GROUP_DESCRIBE;
import static org.apache.kafka.common.protocol.ApiKeys.SHARE_GROUP_HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.STREAMS_GROUP_DESCRIBE;
import static org.apache.kafka.common.protocol.ApiKeys.STREAMS_GROUP_HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE;
import static org.apache.kafka.common.protocol.ApiKeys.SYNC_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.TXN_OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.UNREGISTER_BROKER;
import static org.apache.kafka.common.protocol.ApiKeys.UNREGISTER_CONTROLLER;
import static org.apache.kafka.common.protocol.ApiKeys.UPDATE_FEATURES;
import static org.apache.kafka.common.protocol.ApiKeys.WRITE_TXN_MARKERS;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import io.gatehouse.spi.interception.Subscriptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Every API of Kafka 4.4 that clients may use, with the highest version whose authorization is known, who looks at it, and the rights that
 * make looking needless. What has no row, or a higher version, is refused and not offered. To be read beside
 * {@code kafka-authz-table.tsv} beside it.
 */
public final class ApiTable {

    /** Says what it wants of one API. */
    interface Family {
        void subscribe(Access access, Subscriptions on);
    }

    private record Row(ApiKeys api, int maxVersion, List<Need> needs, Family family) {
        Row free(Need... rights) {
            return new Row(api, maxVersion, List.of(rights), family);
        }
    }

    private static final Family NOTHING = (access, on) -> {};

    private static final List<Row> ROWS = List.of(
            // Producing and consuming
            row(PRODUCE, 13, ProduceApi::subscribe).free(need(WRITE, TOPIC), need(WRITE, TRANSACTIONAL_ID)),
            row(FETCH, 18, FetchApi::subscribe).free(need(READ, TOPIC), need(CLUSTER_ACTION, CLUSTER)),
            row(LIST_OFFSETS, 11, TopicReadingApis::listOffsets).free(need(DESCRIBE, TOPIC)),
            row(METADATA, 13, MetadataApi::subscribe).free(need(ALL, TOPIC), need(ALL, CLUSTER)),
            row(DESCRIBE_TOPIC_PARTITIONS, 0, TopicPartitionsApi::subscribe).free(need(ALL, TOPIC)),
            row(DELETE_RECORDS, 2, TopicReadingApis::deleteRecords).free(need(DELETE, TOPIC)),
            row(OFFSET_FOR_LEADER_EPOCH, 4, TopicReadingApis::offsetForLeaderEpoch)
                    .free(need(DESCRIBE, TOPIC)),
            row(DESCRIBE_PRODUCERS, 0, TopicReadingApis::describeProducers).free(need(READ, TOPIC)),

            // Classic groups and offsets
            row(OFFSET_COMMIT, 10, OffsetApis::commit).free(need(READ, GROUP), need(READ, TOPIC)),
            row(OFFSET_FETCH, 10, OffsetFetchApi::subscribe).free(need(DESCRIBE, GROUP), need(DESCRIBE, TOPIC)),
            row(FIND_COORDINATOR, 6, CoordinatorApi::subscribe)
                    .free(need(DESCRIBE, GROUP), need(DESCRIBE, TRANSACTIONAL_ID), need(CLUSTER_ACTION, CLUSTER)),
            row(JOIN_GROUP, 9, ClusterApis.group(JOIN_GROUP, JoinGroupRequestData.class, JoinGroupRequestData::groupId))
                    .free(need(READ, GROUP)),
            row(HEARTBEAT, 4, ClusterApis.group(HEARTBEAT, HeartbeatRequestData.class, HeartbeatRequestData::groupId))
                    .free(need(READ, GROUP)),
            row(
                            LEAVE_GROUP,
                            5,
                            ClusterApis.group(LEAVE_GROUP, LeaveGroupRequestData.class, LeaveGroupRequestData::groupId))
                    .free(need(READ, GROUP)),
            row(SYNC_GROUP, 5, ClusterApis.group(SYNC_GROUP, SyncGroupRequestData.class, SyncGroupRequestData::groupId))
                    .free(need(READ, GROUP)),
            row(DESCRIBE_GROUPS, 6, GroupApis::describe).free(need(ALL, GROUP)),
            row(LIST_GROUPS, 5, GroupApis::list).free(need(DESCRIBE, GROUP)),
            row(DELETE_GROUPS, 3, GroupApis::delete).free(need(DELETE, GROUP)),
            row(OFFSET_DELETE, 0, OffsetApis::delete).free(need(DELETE, GROUP), need(READ, TOPIC)),

            // Groups of KIP-848, share groups and streams groups
            row(CONSUMER_GROUP_HEARTBEAT, 1, HeartbeatApi::subscribe).free(need(READ, GROUP), need(DESCRIBE, TOPIC)),
            row(CONSUMER_GROUP_DESCRIBE, 1, GroupApis::describeConsumer).free(need(ALL, GROUP), need(DESCRIBE, TOPIC)),
            row(SHARE_GROUP_HEARTBEAT, 1, HeartbeatApi::subscribeShare).free(need(READ, GROUP), need(DESCRIBE, TOPIC)),
            row(SHARE_GROUP_DESCRIBE, 1, GroupApis::describeShare).free(need(ALL, GROUP), need(DESCRIBE, TOPIC)),
            row(SHARE_FETCH, 2, ShareFetchApi::subscribe).free(need(READ, GROUP), need(READ, TOPIC)),
            row(SHARE_ACKNOWLEDGE, 2, ShareFetchApi::acknowledge).free(need(READ, GROUP), need(READ, TOPIC)),
            row(DESCRIBE_SHARE_GROUP_OFFSETS, 1, ShareApis::describeOffsets)
                    .free(need(DESCRIBE, GROUP), need(DESCRIBE, TOPIC)),
            row(ALTER_SHARE_GROUP_OFFSETS, 0, ShareApis::alterOffsets).free(need(READ, GROUP), need(READ, TOPIC)),
            row(DELETE_SHARE_GROUP_OFFSETS, 0, ShareApis::deleteOffsets).free(need(DELETE, GROUP), need(READ, TOPIC)),
            row(STREAMS_GROUP_HEARTBEAT, 1, StreamsApi::subscribe)
                    .free(need(READ, GROUP), need(DESCRIBE, TOPIC), need(CREATE, TOPIC)),
            row(STREAMS_GROUP_DESCRIBE, 1, GroupApis::describeStreams).free(need(ALL, GROUP), need(DESCRIBE, TOPIC)),
            row(
                            STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE,
                            0,
                            ClusterApis.group(
                                    STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE,
                                    StreamsGroupTopologyDescriptionUpdateRequestData.class,
                                    StreamsGroupTopologyDescriptionUpdateRequestData::groupId))
                    .free(need(READ, GROUP)),

            // Transactions
            row(INIT_PRODUCER_ID, 6, TransactionApis::initProducerId)
                    .free(
                            need(WRITE, TRANSACTIONAL_ID),
                            need(TWO_PHASE_COMMIT, TRANSACTIONAL_ID),
                            need(IDEMPOTENT_WRITE, CLUSTER)),
            row(ADD_PARTITIONS_TO_TXN, 3, TransactionApis::addPartitions),
            row(ADD_OFFSETS_TO_TXN, 4, TransactionApis::addOffsets)
                    .free(need(WRITE, TRANSACTIONAL_ID), need(READ, GROUP)),
            row(END_TXN, 5, TransactionApis::end).free(need(WRITE, TRANSACTIONAL_ID)),
            row(TXN_OFFSET_COMMIT, 6, OffsetApis::commitInTransaction)
                    .free(need(WRITE, TRANSACTIONAL_ID), need(READ, GROUP), need(READ, TOPIC)),
            cluster(WRITE_TXN_MARKERS, 2, ALTER, CLUSTER_ACTION),
            row(DESCRIBE_TRANSACTIONS, 0, TransactionApis::describe)
                    .free(need(DESCRIBE, TRANSACTIONAL_ID), need(DESCRIBE, TOPIC)),
            row(LIST_TRANSACTIONS, 2, TransactionApis::list).free(need(DESCRIBE, TRANSACTIONAL_ID)),

            // Topics and configs
            row(CREATE_TOPICS, 7, TopicAdminApis::create).free(need(CREATE, TOPIC), need(DESCRIBE_CONFIGS, TOPIC)),
            row(DELETE_TOPICS, 6, TopicAdminApis::delete).free(need(DELETE, TOPIC), need(DESCRIBE, TOPIC)),
            row(CREATE_PARTITIONS, 3, TopicAdminApis::createPartitions).free(need(ALTER, TOPIC)),
            row(ApiKeys.DESCRIBE_CONFIGS, 4, ConfigApis::describe)
                    .free(
                            need(DESCRIBE_CONFIGS, TOPIC),
                            need(DESCRIBE_CONFIGS, GROUP),
                            need(DESCRIBE_CONFIGS, CLUSTER)),
            row(ApiKeys.ALTER_CONFIGS, 2, ConfigApis::alter)
                    .free(need(ALTER_CONFIGS, TOPIC), need(ALTER_CONFIGS, GROUP), need(ALTER_CONFIGS, CLUSTER)),
            row(INCREMENTAL_ALTER_CONFIGS, 1, ConfigApis::alterIncrementally)
                    .free(need(ALTER_CONFIGS, TOPIC), need(ALTER_CONFIGS, GROUP), need(ALTER_CONFIGS, CLUSTER)),
            cluster(LIST_CONFIG_RESOURCES, 1, DESCRIBE_CONFIGS),

            // The cluster
            row(DESCRIBE_CLUSTER, 2, ClusterApis::describe).free(need(ALL, CLUSTER)),
            cluster(ALTER_REPLICA_LOG_DIRS, 2, ALTER),
            row(DESCRIBE_LOG_DIRS, 5, ClusterApis::logDirs).free(need(DESCRIBE, CLUSTER)),
            cluster(ELECT_LEADERS, 2, ALTER),
            cluster(ALTER_PARTITION_REASSIGNMENTS, 1, ALTER),
            cluster(LIST_PARTITION_REASSIGNMENTS, 0, DESCRIBE),
            cluster(DESCRIBE_CLIENT_QUOTAS, 1, DESCRIBE_CONFIGS),
            cluster(ALTER_CLIENT_QUOTAS, 1, ALTER_CONFIGS),
            cluster(DESCRIBE_USER_SCRAM_CREDENTIALS, 0, DESCRIBE),
            cluster(ALTER_USER_SCRAM_CREDENTIALS, 0, ALTER),
            cluster(DESCRIBE_QUORUM, 2, DESCRIBE),
            cluster(UPDATE_FEATURES, 2, ALTER),
            cluster(UNREGISTER_BROKER, 0, ALTER),
            cluster(UNREGISTER_CONTROLLER, 0, ALTER),
            cluster(ADD_RAFT_VOTER, 1, ALTER),
            cluster(REMOVE_RAFT_VOTER, 0, ALTER),
            row(DESCRIBE_ACLS, 3, AclApis::describe),
            row(CREATE_ACLS, 3, AclApis::create),
            row(DELETE_ACLS, 3, AclApis::delete),

            // No authorization
            row(GET_TELEMETRY_SUBSCRIPTIONS, 0, NOTHING),
            row(PUSH_TELEMETRY, 0, NOTHING));

    private static final Map<ApiKeys, Row> BY_API =
            ROWS.stream().collect(Collectors.toUnmodifiableMap(Row::api, Function.identity()));

    /** These never reach an interceptor. */
    private static final Set<ApiKeys> OF_THE_KERNEL = Set.of(API_VERSIONS, SASL_HANDSHAKE, SASL_AUTHENTICATE);

    private ApiTable() {}

    private static Row row(ApiKeys api, int maxVersion, Family family) {
        return new Row(api, maxVersion, List.of(), family);
    }

    /** One that needs any of these rights on the cluster. */
    private static Row cluster(ApiKeys api, int maxVersion, AclOperation... anyOf) {
        return row(api, maxVersion, ClusterApis.cluster(api, anyOf)).free(need(anyOf[0], CLUSTER));
    }

    private static Need need(AclOperation operation, ResourceType type) {
        return new Need(operation, type);
    }

    /** Whether clients may use it at all. */
    static boolean isOffered(ApiKeys api) {
        return BY_API.containsKey(api) || OF_THE_KERNEL.contains(api);
    }

    /** Subscribes what has to be looked at for a user, and limits what is offered to what is known here. */
    public static void subscribe(Access access, Subscriptions on) {
        for (ApiKeys api : ApiKeys.values()) {
            if (!api.hasValidVersion() || OF_THE_KERNEL.contains(api)) {
                continue;
            }
            Row row = BY_API.get(api);
            if (row == null) {
                on.limit(api, 1, 0);
                continue;
            }
            if (api.latestVersion(true) > row.maxVersion()) {
                on.limit(api, api.oldestVersion(), row.maxVersion());
            }
            boolean free = !row.needs().isEmpty() && row.needs().stream().allMatch(need -> need.isAlwaysMet(access));
            if (!free) {
                row.family().subscribe(access, on);
            }
        }
    }
}
