/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.Subscriptions;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Requests about partitions of topics by name, each topic by itself: ListOffsets, OffsetForLeaderEpoch, DeleteRecords, DescribeProducers. */
final class TopicReadingApis {

    private static final long NO_WATERMARK = -1;

    private TopicReadingApis() {}

    static void listOffsets(Access access, Subscriptions on) {
        on.request(ApiKeys.LIST_OFFSETS, ListOffsetsRequestData.class, (request, context) -> {
            Denied<ListOffsetsTopic> denied = Denied.takeFrom(
                    request.topics(), topic -> TopicIds.named(access, context, AclOperation.DESCRIBE, topic.name()));
            return denied.decide(
                    request,
                    request.topics().isEmpty(),
                    new ListOffsetsResponseData(),
                    ListOffsetsResponseData.class,
                    response -> denied.mergeInto(
                            response.topics(),
                            (topic, error) -> new ListOffsetsTopicResponse()
                                    .setName(topic.name())
                                    .setPartitions(topic.partitions().stream()
                                            .map(partition -> new ListOffsetsPartitionResponse()
                                                    .setPartitionIndex(partition.partitionIndex())
                                                    .setErrorCode(error.code()))
                                            .toList())));
        });
    }

    static void offsetForLeaderEpoch(Access access, Subscriptions on) {
        on.request(ApiKeys.OFFSET_FOR_LEADER_EPOCH, OffsetForLeaderEpochRequestData.class, (request, context) -> {
            boolean asBroker = access.hasCluster(AclOperation.CLUSTER_ACTION);
            Denied<OffsetForLeaderTopic> denied = Denied.takeFrom(
                    request.topics(),
                    topic -> asBroker
                            ? Errors.NONE
                            : TopicIds.named(access, context, AclOperation.DESCRIBE, topic.topic()));
            return denied.decide(
                    request,
                    request.topics().isEmpty(),
                    new OffsetForLeaderEpochResponseData(),
                    OffsetForLeaderEpochResponseData.class,
                    response -> denied.mergeInto(
                            response.topics(),
                            (topic, error) -> new OffsetForLeaderTopicResult()
                                    .setTopic(topic.topic())
                                    .setPartitions(topic.partitions().stream()
                                            .map(partition -> new EpochEndOffset()
                                                    .setPartition(partition.partition())
                                                    .setErrorCode(error.code()))
                                            .toList())));
        });
    }

    static void deleteRecords(Access access, Subscriptions on) {
        on.request(ApiKeys.DELETE_RECORDS, DeleteRecordsRequestData.class, (request, context) -> {
            Denied<DeleteRecordsTopic> denied = Denied.takeFrom(
                    request.topics(), topic -> TopicIds.named(access, context, AclOperation.DELETE, topic.name()));
            return denied.decide(
                    request,
                    request.topics().isEmpty(),
                    new DeleteRecordsResponseData(),
                    DeleteRecordsResponseData.class,
                    response -> denied.mergeInto(response.topics(), TopicReadingApis::denied));
        });
    }

    private static DeleteRecordsTopicResult denied(DeleteRecordsTopic topic, Errors error) {
        DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic.name());
        topic.partitions()
                .forEach(partition -> result.partitions()
                        .add(new DeleteRecordsPartitionResult()
                                .setPartitionIndex(partition.partitionIndex())
                                .setLowWatermark(NO_WATERMARK)
                                .setErrorCode(error.code())));
        return result;
    }

    static void describeProducers(Access access, Subscriptions on) {
        on.request(ApiKeys.DESCRIBE_PRODUCERS, DescribeProducersRequestData.class, (request, context) -> {
            Denied<TopicRequest> denied = Denied.takeFrom(
                    request.topics(),
                    topic -> isValid(topic.name())
                            ? TopicIds.named(access, context, AclOperation.READ, topic.name())
                            : Errors.NONE);
            return denied.decide(
                    request,
                    request.topics().isEmpty(),
                    new DescribeProducersResponseData(),
                    DescribeProducersResponseData.class,
                    response -> denied.mergeInto(
                            response.topics(),
                            (topic, error) -> new TopicResponse()
                                    .setName(topic.name())
                                    .setPartitions(topic.partitionIndexes().stream()
                                            .map(partition -> new PartitionResponse()
                                                    .setPartitionIndex(partition)
                                                    .setErrorCode(error.code())
                                                    .setErrorMessage(error.message()))
                                            .toList())));
        });
    }

    /** A name that no topic can have is told so by the broker, before rights are asked for. */
    private static boolean isValid(String topic) {
        try {
            Topic.validate(topic);
            return true;
        } catch (InvalidTopicException e) {
            return false;
        }
    }
}
