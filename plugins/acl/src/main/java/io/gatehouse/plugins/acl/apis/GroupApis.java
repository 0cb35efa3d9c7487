/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.InterceptionContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Groups listed, described and deleted, each group by itself. What a group has to do with topics is shown to who may describe them all. */
final class GroupApis {

    private static final String HIDDEN_TOPICS =
            "The group has described topic(s) that the client is not authorized to describe.";

    private GroupApis() {}

    static void list(Access access, Subscriptions on) {
        on.response(ApiKeys.LIST_GROUPS, ListGroupsResponseData.class, (response, context) -> {
            if (!access.hasCluster(DESCRIBE)) {
                response.groups().removeIf(group -> !access.sees(DESCRIBE, GROUP, group.groupId()));
            }
            return Decision.forward(response);
        });
    }

    static void delete(Access access, Subscriptions on) {
        on.request(ApiKeys.DELETE_GROUPS, DeleteGroupsRequestData.class, (request, context) -> {
            Denied<String> denied = Denied.takeFrom(request.groupsNames(), judge(access, context, DELETE));
            return denied.decide(
                    request,
                    request.groupsNames().isEmpty(),
                    new DeleteGroupsResponseData(),
                    DeleteGroupsResponseData.class,
                    response -> denied.mergeInto(
                            response.results(),
                            (group, error) ->
                                    new DeletableGroupResult().setGroupId(group).setErrorCode(error.code())));
        });
    }

    static Function<String, Errors> judge(Access access, InterceptionContext context, AclOperation operation) {
        return group -> access.may(context, operation, GROUP, group) ? Errors.NONE : Errors.GROUP_AUTHORIZATION_FAILED;
    }

    static void describe(Access access, Subscriptions on) {
        on.request(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequestData.class, (request, context) -> {
            Denied<String> denied = Denied.takeFrom(request.groups(), judge(access, context, DESCRIBE));
            return describing(
                    request,
                    request.groups().isEmpty(),
                    denied,
                    new DescribeGroupsResponseData(),
                    DescribeGroupsResponseData.class,
                    response -> {
                        response.groups()
                                .forEach(group -> group.setAuthorizedOperations(AuthorizedOperations.of(
                                        access, group.authorizedOperations(), GROUP, group.groupId())));
                        denied.mergeInto(
                                response.groups(),
                                (group, error) -> new DescribeGroupsResponseData.DescribedGroup()
                                        .setGroupId(group)
                                        .setErrorCode(error.code()));
                    });
        });
    }

    static void describeConsumer(Access access, Subscriptions on) {
        on.request(ApiKeys.CONSUMER_GROUP_DESCRIBE, ConsumerGroupDescribeRequestData.class, (request, context) -> {
            Denied<String> denied = Denied.takeFrom(request.groupIds(), judge(access, context, DESCRIBE));
            return describing(
                    request,
                    request.groupIds().isEmpty(),
                    denied,
                    new ConsumerGroupDescribeResponseData(),
                    ConsumerGroupDescribeResponseData.class,
                    response -> {
                        response.groups().replaceAll(group -> consumer(access, group));
                        denied.mergeInto(
                                response.groups(),
                                (group, error) -> new ConsumerGroupDescribeResponseData.DescribedGroup()
                                        .setGroupId(group)
                                        .setErrorCode(error.code()));
                    });
        });
    }

    private static ConsumerGroupDescribeResponseData.DescribedGroup consumer(
            Access access, ConsumerGroupDescribeResponseData.DescribedGroup group) {
        Stream<String> topics = group.members().stream()
                .flatMap(member -> Stream.of(member.assignment(), member.targetAssignment()))
                .flatMap(assignment -> assignment.topicPartitions().stream())
                .map(ConsumerGroupDescribeResponseData.TopicPartitions::topicName);
        if (!seesAll(access, topics)) {
            return new ConsumerGroupDescribeResponseData.DescribedGroup()
                    .setGroupId(group.groupId())
                    .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                    .setErrorMessage(HIDDEN_TOPICS);
        }
        return group.setAuthorizedOperations(
                AuthorizedOperations.of(access, group.authorizedOperations(), GROUP, group.groupId()));
    }

    static void describeShare(Access access, Subscriptions on) {
        on.request(ApiKeys.SHARE_GROUP_DESCRIBE, ShareGroupDescribeRequestData.class, (request, context) -> {
            Denied<String> denied = Denied.takeFrom(request.groupIds(), judge(access, context, DESCRIBE));
            return describing(
                    request,
                    request.groupIds().isEmpty(),
                    denied,
                    new ShareGroupDescribeResponseData(),
                    ShareGroupDescribeResponseData.class,
                    response -> {
                        response.groups().replaceAll(group -> share(access, group));
                        denied.mergeInto(
                                response.groups(),
                                (group, error) -> new ShareGroupDescribeResponseData.DescribedGroup()
                                        .setGroupId(group)
                                        .setErrorCode(error.code()));
                    });
        });
    }

    private static ShareGroupDescribeResponseData.DescribedGroup share(
            Access access, ShareGroupDescribeResponseData.DescribedGroup group) {
        Stream<String> topics = group.members().stream()
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .map(ShareGroupDescribeResponseData.TopicPartitions::topicName);
        if (!seesAll(access, topics)) {
            return new ShareGroupDescribeResponseData.DescribedGroup()
                    .setGroupId(group.groupId())
                    .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                    .setErrorMessage(HIDDEN_TOPICS);
        }
        return group.setAuthorizedOperations(
                AuthorizedOperations.of(access, group.authorizedOperations(), GROUP, group.groupId()));
    }

    static void describeStreams(Access access, Subscriptions on) {
        on.request(ApiKeys.STREAMS_GROUP_DESCRIBE, StreamsGroupDescribeRequestData.class, (request, context) -> {
            Denied<String> denied = Denied.takeFrom(request.groupIds(), judge(access, context, DESCRIBE));
            return describing(
                    request,
                    request.groupIds().isEmpty(),
                    denied,
                    new StreamsGroupDescribeResponseData(),
                    StreamsGroupDescribeResponseData.class,
                    response -> {
                        response.groups().replaceAll(group -> streams(access, group));
                        denied.mergeInto(
                                response.groups(),
                                (group, error) -> new StreamsGroupDescribeResponseData.DescribedGroup()
                                        .setGroupId(group)
                                        .setErrorCode(error.code()));
                    });
        });
    }

    private static StreamsGroupDescribeResponseData.DescribedGroup streams(
            Access access, StreamsGroupDescribeResponseData.DescribedGroup group) {
        Set<String> topics = new HashSet<>();
        if (group.topology() != null && group.topology().subtopologies() != null) {
            group.topology().subtopologies().forEach(part -> {
                topics.addAll(part.sourceTopics());
                topics.addAll(part.repartitionSinkTopics());
                part.repartitionSourceTopics().forEach(topic -> topics.add(topic.name()));
                part.stateChangelogTopics().forEach(topic -> topics.add(topic.name()));
            });
        }
        if (!seesAll(access, topics.stream())) {
            return new StreamsGroupDescribeResponseData.DescribedGroup()
                    .setGroupId(group.groupId())
                    .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                    .setErrorMessage(HIDDEN_TOPICS)
                    .setTopology(null);
        }
        return group.setAuthorizedOperations(
                AuthorizedOperations.of(access, group.authorizedOperations(), GROUP, group.groupId()));
    }

    private static boolean seesAll(Access access, Stream<String> topics) {
        return topics.distinct().allMatch(topic -> access.sees(DESCRIBE, TOPIC, topic));
    }

    /** The response is looked at even when nothing was denied. */
    private static <M extends ApiMessage> Decision describing(
            ApiMessage request, boolean nothingLeft, Denied<String> denied, M empty, Class<M> type, Consumer<M> merge) {
        if (!denied.isEmpty()) {
            return denied.decide(request, nothingLeft, empty, type, merge);
        }
        return Decision.forward().onResponse(type, (response, context) -> {
            merge.accept(response);
            return Decision.forward(response);
        });
    }
}
