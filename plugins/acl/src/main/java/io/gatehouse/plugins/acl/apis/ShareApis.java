/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData.DeleteShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Offsets of share groups: the right on the group, then on each topic. */
final class ShareApis {

    private static final long NO_OFFSET = -1;

    private ShareApis() {}

    static void describeOffsets(Access access, Subscriptions on) {
        on.request(
                ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                DescribeShareGroupOffsetsRequestData.class,
                (request, context) -> {
                    Denied<DescribeShareGroupOffsetsRequestGroup> groups = Denied.takeFrom(
                            request.groups(),
                            group -> GroupApis.judge(access, context, DESCRIBE).apply(group.groupId()));
                    Map<String, Denied<DescribeShareGroupOffsetsRequestTopic>> topics = new HashMap<>();
                    Set<String> all = new HashSet<>();
                    List<String> emptied = new ArrayList<>();
                    request.groups().removeIf(group -> {
                        if (group.topics() == null) {
                            return !all.add(group.groupId());
                        }
                        boolean asked = !group.topics().isEmpty();
                        topics.put(
                                group.groupId(),
                                Denied.takeFrom(
                                        group.topics(),
                                        topic -> TopicIds.named(access, context, DESCRIBE, topic.topicName())));
                        boolean empty = asked && group.topics().isEmpty();
                        if (empty) {
                            emptied.add(group.groupId());
                        }
                        return empty;
                    });
                    boolean nothing = groups.isEmpty()
                            && all.isEmpty()
                            && topics.values().stream().allMatch(Denied::isEmpty);
                    if (nothing) {
                        return Decision.forward();
                    }
                    Merge merge = new Merge(access, groups, topics, emptied, all);
                    if (request.groups().isEmpty()) {
                        return Decision.respond(merge.into(new DescribeShareGroupOffsetsResponseData()));
                    }
                    return Decision.forward(request)
                            .onResponse(
                                    DescribeShareGroupOffsetsResponseData.class,
                                    (response, answer) -> Decision.forward(merge.into(response)));
                });
    }

    private record Merge(
            Access access,
            Denied<DescribeShareGroupOffsetsRequestGroup> groups,
            Map<String, Denied<DescribeShareGroupOffsetsRequestTopic>> topics,
            List<String> emptied,
            Set<String> all) {

        DescribeShareGroupOffsetsResponseData into(DescribeShareGroupOffsetsResponseData response) {
            for (DescribeShareGroupOffsetsResponseGroup group : response.groups()) {
                if (all.contains(group.groupId())) {
                    group.topics().removeIf(topic -> !access.sees(DESCRIBE, TOPIC, topic.topicName()));
                }
                Denied<DescribeShareGroupOffsetsRequestTopic> denied = topics.get(group.groupId());
                if (denied != null && group.errorCode() == Errors.NONE.code()) {
                    denied.mergeInto(group.topics(), Merge::denied);
                }
            }
            for (String groupId : emptied) {
                DescribeShareGroupOffsetsResponseGroup group =
                        new DescribeShareGroupOffsetsResponseGroup().setGroupId(groupId);
                topics.get(groupId).mergeInto(group.topics(), Merge::denied);
                response.groups().add(group);
            }
            groups.mergeInto(
                    response.groups(),
                    (group, error) -> new DescribeShareGroupOffsetsResponseGroup()
                            .setGroupId(group.groupId())
                            .setErrorCode(error.code()));
            return response;
        }

        private static DescribeShareGroupOffsetsResponseTopic denied(
                DescribeShareGroupOffsetsRequestTopic topic, Errors error) {
            return new DescribeShareGroupOffsetsResponseTopic()
                    .setTopicName(topic.topicName())
                    .setPartitions(topic.partitions().stream()
                            .map(partition -> new DescribeShareGroupOffsetsResponsePartition()
                                    .setPartitionIndex(partition)
                                    .setStartOffset(NO_OFFSET)
                                    .setErrorCode(error.code())
                                    .setErrorMessage(error.message()))
                            .toList());
        }
    }

    static void alterOffsets(Access access, Subscriptions on) {
        on.request(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, AlterShareGroupOffsetsRequestData.class, (request, context) -> {
            if (!access.may(context, READ, GROUP, request.groupId())) {
                return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
            }
            Denied<AlterShareGroupOffsetsRequestTopic> denied = Denied.takeFrom(
                    request.topics(), topic -> TopicIds.named(access, context, READ, topic.topicName()));
            return denied.decide(
                    request,
                    request.topics().isEmpty(),
                    new AlterShareGroupOffsetsResponseData(),
                    AlterShareGroupOffsetsResponseData.class,
                    response -> {
                        if (response.errorCode() == Errors.NONE.code()) {
                            denied.mergeInto(
                                    response.responses(),
                                    (topic, error) -> new AlterShareGroupOffsetsResponseTopic()
                                            .setTopicName(topic.topicName())
                                            .setPartitions(topic.partitions().stream()
                                                    .map(partition -> new AlterShareGroupOffsetsResponsePartition()
                                                            .setPartitionIndex(partition.partitionIndex())
                                                            .setErrorCode(error.code())
                                                            .setErrorMessage(error.message()))
                                                    .toList()));
                        }
                    });
        });
    }

    static void deleteOffsets(Access access, Subscriptions on) {
        on.request(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, DeleteShareGroupOffsetsRequestData.class, (request, context) -> {
            if (!access.may(context, DELETE, GROUP, request.groupId())) {
                return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
            }
            Denied<DeleteShareGroupOffsetsRequestTopic> denied = Denied.takeFrom(
                    request.topics(), topic -> TopicIds.named(access, context, READ, topic.topicName()));
            return denied.decide(
                    request,
                    // The group may be none; only the broker can say so.
                    false,
                    new DeleteShareGroupOffsetsResponseData(),
                    DeleteShareGroupOffsetsResponseData.class,
                    response -> {
                        if (response.errorCode() == Errors.NONE.code()) {
                            denied.mergeInto(
                                    response.responses(),
                                    (topic, error) -> new DeleteShareGroupOffsetsResponseTopic()
                                            .setTopicName(topic.topicName())
                                            .setErrorCode(error.code())
                                            .setErrorMessage(error.message()));
                        }
                    });
        });
    }
}
