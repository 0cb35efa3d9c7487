/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.InterceptionContext;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.ResponseContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/** OffsetFetch: DESCRIBE on each group, then on each topic; of all topics only those are shown that may be described. */
final class OffsetFetchApi {

    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));
    private static final int GROUPS_SINCE = 8;
    private static final int IDS_SINCE = 10;
    private static final long NO_OFFSET = -1;

    private OffsetFetchApi() {}

    static void subscribe(Access access, Subscriptions on) {
        TopicIds.handle(
                on,
                ApiKeys.OFFSET_FETCH,
                OffsetFetchRequestData.class,
                OffsetFetchApi::ids,
                (request, context) -> context.apiVersion() < GROUPS_SINCE
                        ? one(access, request, context)
                        : several(access, request, context));
        on.responseAsync(ApiKeys.OFFSET_FETCH, OffsetFetchResponseData.class, DEADLINE, OffsetFetchApi::several);
    }

    /** All topics of a group come by their ids, whose names may have to be asked for. */
    private static CompletionStage<Decision> several(OffsetFetchResponseData response, ResponseContext context) {
        if (!(context.attachment() instanceof Merge merge)) {
            return CompletableFuture.completedFuture(Decision.forward());
        }
        List<Uuid> ids = response.groups().stream()
                .filter(group -> merge.all().contains(group.groupId()))
                .flatMap(group -> group.topics().stream().map(OffsetFetchResponseTopics::topicId))
                .toList();
        return TopicIds.known(ids, context).thenApply(known -> Decision.forward(merge.into(response, context)));
    }

    private static Stream<Uuid> ids(OffsetFetchRequestData request) {
        return request.groups().stream()
                .filter(group -> group.topics() != null)
                .flatMap(group -> group.topics().stream().map(OffsetFetchRequestTopics::topicId));
    }

    private static Decision one(Access access, OffsetFetchRequestData request, RequestContext context) {
        if (!access.may(context, AclOperation.DESCRIBE, ResourceType.GROUP, request.groupId())) {
            return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
        }
        if (request.topics() == null) {
            return Decision.forward().onResponse(OffsetFetchResponseData.class, (response, answer) -> {
                response.topics()
                        .removeIf(topic -> !access.sees(AclOperation.DESCRIBE, ResourceType.TOPIC, topic.name()));
                return Decision.forward(response);
            });
        }
        Denied<OffsetFetchRequestTopic> denied = Denied.takeFrom(
                request.topics(), topic -> TopicIds.named(access, context, AclOperation.DESCRIBE, topic.name()));
        return denied.decide(
                request,
                request.topics().isEmpty(),
                new OffsetFetchResponseData(),
                OffsetFetchResponseData.class,
                response -> {
                    if (response.errorCode() == Errors.NONE.code()) {
                        denied.mergeInto(response.topics(), OffsetFetchApi::denied);
                    }
                });
    }

    private static OffsetFetchResponseTopic denied(OffsetFetchRequestTopic topic, Errors error) {
        return new OffsetFetchResponseTopic()
                .setName(topic.name())
                .setPartitions(topic.partitionIndexes().stream()
                        .map(partition -> new OffsetFetchResponsePartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(NO_OFFSET)
                                .setMetadata("")
                                .setErrorCode(error.code()))
                        .toList());
    }

    private static Decision several(Access access, OffsetFetchRequestData request, RequestContext context) {
        boolean byId = context.apiVersion() >= IDS_SINCE;
        Denied<OffsetFetchRequestGroup> deniedGroups = Denied.takeFrom(
                request.groups(),
                group -> access.may(context, AclOperation.DESCRIBE, ResourceType.GROUP, group.groupId())
                        ? Errors.NONE
                        : Errors.GROUP_AUTHORIZATION_FAILED);
        Map<String, Denied<OffsetFetchRequestTopics>> deniedTopics = new HashMap<>();
        Set<String> all = new HashSet<>();
        Denied<OffsetFetchRequestGroup> emptied = Denied.takeFrom(request.groups(), group -> {
            if (group.topics() == null) {
                all.add(group.groupId());
                return Errors.NONE;
            }
            boolean asked = !group.topics().isEmpty();
            Denied<OffsetFetchRequestTopics> denied = Denied.takeFrom(
                    group.topics(),
                    topic -> TopicIds.judge(
                            access, context, AclOperation.DESCRIBE, topic.name(), topic.topicId(), byId));
            deniedTopics.put(group.groupId(), denied);
            return asked && group.topics().isEmpty() ? Errors.TOPIC_AUTHORIZATION_FAILED : Errors.NONE;
        });
        boolean nothingDenied =
                deniedGroups.isEmpty() && deniedTopics.values().stream().allMatch(Denied::isEmpty);
        if (nothingDenied && all.isEmpty()) {
            return Decision.forward();
        }
        Merge merge = new Merge(access, all, deniedTopics, emptied, deniedGroups);
        if (request.groups().isEmpty()) {
            return Decision.respond(merge.into(new OffsetFetchResponseData(), context));
        }
        context.attach(merge);
        return Decision.forward(request);
    }

    /** What a response of several groups gets. */
    private record Merge(
            Access access,
            Set<String> all,
            Map<String, Denied<OffsetFetchRequestTopics>> topics,
            Denied<OffsetFetchRequestGroup> emptied,
            Denied<OffsetFetchRequestGroup> groups) {

        OffsetFetchResponseData into(OffsetFetchResponseData response, InterceptionContext context) {
            for (OffsetFetchResponseGroup group : response.groups()) {
                if (all.contains(group.groupId())) {
                    group.topics().removeIf(topic -> !isVisible(topic, context));
                }
                Denied<OffsetFetchRequestTopics> denied = topics.get(group.groupId());
                if (denied != null && group.errorCode() == Errors.NONE.code()) {
                    denied.mergeInto(group.topics(), OffsetFetchApi::denied);
                }
            }
            emptied.mergeInto(response.groups(), (group, error) -> {
                OffsetFetchResponseGroup answer = new OffsetFetchResponseGroup().setGroupId(group.groupId());
                topics.get(group.groupId()).mergeInto(answer.topics(), OffsetFetchApi::denied);
                return answer;
            });
            groups.mergeInto(
                    response.groups(),
                    (group, error) -> new OffsetFetchResponseGroup()
                            .setGroupId(group.groupId())
                            .setErrorCode(error.code()));
            return response;
        }

        private boolean isVisible(OffsetFetchResponseTopics topic, InterceptionContext context) {
            boolean byId = context.apiVersion() >= IDS_SINCE;
            return Optional.of(topic.name())
                    .filter(name -> !byId)
                    .or(() -> context.topics().nameOf(topic.topicId()))
                    .filter(name -> access.sees(AclOperation.DESCRIBE, ResourceType.TOPIC, name))
                    .isPresent();
        }
    }

    private static OffsetFetchResponseTopics denied(OffsetFetchRequestTopics topic, Errors error) {
        return new OffsetFetchResponseTopics()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitions(topic.partitionIndexes().stream()
                        .map(partition -> new OffsetFetchResponsePartitions()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(NO_OFFSET)
                                .setMetadata("")
                                .setErrorCode(error.code()))
                        .toList());
    }
}
