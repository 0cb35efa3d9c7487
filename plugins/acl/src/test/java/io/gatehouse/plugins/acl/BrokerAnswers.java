/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** What a broker without ACLs answers, where the table looks at the answer. */
final class BrokerAnswers {

    private BrokerAnswers() {}

    static ApiMessage to(ApiKeys api, ApiMessage request, short version) {
        return switch (api) {
            case METADATA -> metadata((MetadataRequestData) request, version);
            case CREATE_TOPICS -> createTopics((CreateTopicsRequestData) request);
            case CONSUMER_GROUP_DESCRIBE -> consumerGroup();
            case SHARE_GROUP_DESCRIBE -> shareGroup();
            case STREAMS_GROUP_DESCRIBE -> streamsGroup();
            case LIST_GROUPS ->
                new ListGroupsResponseData()
                        .setGroups(List.of(new ListGroupsResponseData.ListedGroup().setGroupId("open")));
            case LIST_TRANSACTIONS ->
                new ListTransactionsResponseData()
                        .setTransactionStates(List.of(
                                new ListTransactionsResponseData.TransactionState().setTransactionalId("open")));
            case DESCRIBE_TRANSACTIONS -> transaction();
            case DESCRIBE_CLUSTER -> new DescribeClusterResponseData().setClusterAuthorizedOperations(0x7f8);
            default -> api.messageType.newResponse();
        };
    }

    private static MetadataResponseData metadata(MetadataRequestData request, short version) {
        MetadataResponseData response = new MetadataResponseData();
        if (request.topics() == null) {
            return response;
        }
        request.topics()
                .forEach(topic -> response.topics()
                        .add(new MetadataResponseData.MetadataResponseTopic()
                                .setName(topic.name() == null ? "open" : topic.name())
                                .setTopicId(topic.topicId())
                                .setErrorCode(
                                        topic.name() == null
                                                ? Errors.NONE.code()
                                                : Errors.UNKNOWN_TOPIC_OR_PARTITION.code())));
        return response;
    }

    private static CreateTopicsResponseData createTopics(CreateTopicsRequestData request) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        request.topics()
                .forEach(topic -> response.topics()
                        .add(new CreateTopicsResponseData.CreatableTopicResult()
                                .setName(topic.name())
                                .setNumPartitions(3)));
        return response;
    }

    private static DescribeTransactionsResponseData transaction() {
        DescribeTransactionsResponseData.TopicDataCollection topics =
                new DescribeTransactionsResponseData.TopicDataCollection();
        topics.add(new DescribeTransactionsResponseData.TopicData()
                .setTopic("open")
                .setPartitions(List.of(0)));
        return new DescribeTransactionsResponseData()
                .setTransactionStates(List.of(new DescribeTransactionsResponseData.TransactionState()
                        .setTransactionalId("transaction")
                        .setTopics(topics)));
    }

    private static ConsumerGroupDescribeResponseData consumerGroup() {
        ConsumerGroupDescribeResponseData.Assignment assignment = new ConsumerGroupDescribeResponseData.Assignment()
                .setTopicPartitions(
                        List.of(new ConsumerGroupDescribeResponseData.TopicPartitions().setTopicName("open")));
        return new ConsumerGroupDescribeResponseData()
                .setGroups(List.of(new ConsumerGroupDescribeResponseData.DescribedGroup()
                        .setGroupId("open")
                        .setMembers(List.of(new ConsumerGroupDescribeResponseData.Member()
                                .setAssignment(new ConsumerGroupDescribeResponseData.Assignment())
                                .setTargetAssignment(assignment)))));
    }

    private static ShareGroupDescribeResponseData shareGroup() {
        ShareGroupDescribeResponseData.Assignment assignment = new ShareGroupDescribeResponseData.Assignment()
                .setTopicPartitions(List.of(new ShareGroupDescribeResponseData.TopicPartitions().setTopicName("open")));
        return new ShareGroupDescribeResponseData()
                .setGroups(List.of(new ShareGroupDescribeResponseData.DescribedGroup()
                        .setGroupId("open")
                        .setMembers(List.of(new ShareGroupDescribeResponseData.Member().setAssignment(assignment)))));
    }

    private static StreamsGroupDescribeResponseData streamsGroup() {
        return new StreamsGroupDescribeResponseData()
                .setGroups(List.of(new StreamsGroupDescribeResponseData.DescribedGroup()
                        .setGroupId("open")
                        .setTopology(new StreamsGroupDescribeResponseData.Topology()
                                .setSubtopologies(List.of(new StreamsGroupDescribeResponseData.Subtopology()
                                        .setSubtopologyId("0")
                                        .setRepartitionSinkTopics(List.of("open")))))));
    }
}
