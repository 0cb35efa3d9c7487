/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Requests for single rows of the table, which are not worth comparing with a broker. */
final class MoreRequests {

    private MoreRequests() {}

    static List<ApiMessage> of(ApiKeys api, String when) {
        return switch (api) {
            case INIT_PRODUCER_ID ->
                when.equals("if-enable2Pc")
                        ? List.of(new InitProducerIdRequestData()
                                .setTransactionalId("open")
                                .setEnable2Pc(true))
                        : List.of();
            case DESCRIBE_ACLS ->
                List.of(new DescribeAclsRequestData()
                        .setResourceTypeFilter((byte) 1)
                        .setPatternTypeFilter((byte) 1)
                        .setOperation((byte) 1)
                        .setPermissionType((byte) 1));
            case CREATE_ACLS ->
                List.of(new CreateAclsRequestData()
                        .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                                .setResourceType((byte) 2)
                                .setResourceName("open")
                                .setPrincipal("User:bob")
                                .setHost("*")
                                .setOperation((byte) 3)
                                .setPermissionType((byte) 3))));
            case DELETE_ACLS ->
                List.of(new DeleteAclsRequestData()
                        .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                                .setResourceTypeFilter((byte) 1)
                                .setPatternTypeFilter((byte) 1)
                                .setOperation((byte) 1)
                                .setPermissionType((byte) 1))));
            case DESCRIBE_QUORUM ->
                List.of(new DescribeQuorumRequestData()
                        .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                                .setTopicName("__cluster_metadata")
                                .setPartitions(
                                        List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0))))));
            case ADD_RAFT_VOTER -> List.of(new AddRaftVoterRequestData());
            case REMOVE_RAFT_VOTER -> List.of(new RemoveRaftVoterRequestData());
            case DESCRIBE_CONFIGS ->
                List.of(new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType(type(when))
                                .setResourceName("1"))));
            case ALTER_CONFIGS -> List.of(alterConfigs(type(when)));
            case INCREMENTAL_ALTER_CONFIGS -> List.of(incrementalAlterConfigs(type(when)));
            case STREAMS_GROUP_HEARTBEAT ->
                List.of(new StreamsGroupHeartbeatRequestData()
                        .setGroupId("open")
                        .setTopology(new StreamsGroupHeartbeatRequestData.Topology()
                                .setSubtopologies(List.of(new StreamsGroupHeartbeatRequestData.Subtopology()
                                        .setSubtopologyId("0")
                                        .setStateChangelogTopics(List.of(
                                                new StreamsGroupHeartbeatRequestData.TopicInfo().setName("open")))))));
            default -> List.of();
        };
    }

    private static AlterConfigsRequestData alterConfigs(byte type) {
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources()
                .add(new AlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(type)
                        .setResourceName("1"));
        return request;
    }

    private static IncrementalAlterConfigsRequestData incrementalAlterConfigs(byte type) {
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources()
                .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(type)
                        .setResourceName("1"));
        return request;
    }

    /** Of {@code type-TOPIC}, {@code type-GROUP} or what is about the cluster. */
    private static byte type(String when) {
        return switch (when) {
            case "type-TOPIC" -> ConfigResource.Type.TOPIC.id();
            case "type-GROUP" -> ConfigResource.Type.GROUP.id();
            default -> ConfigResource.Type.CLIENT_METRICS.id();
        };
    }
}
