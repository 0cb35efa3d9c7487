/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Topics created, deleted and enlarged, each by itself. */
final class TopicAdminApis {

    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));
    private static final int CONFIGS_SINCE = 5;
    private static final int STATES_SINCE = 6;
    private static final int UNKNOWN = -1;

    private TopicAdminApis() {}

    static void create(Access access, Subscriptions on) {
        on.request(ApiKeys.CREATE_TOPICS, CreateTopicsRequestData.class, (request, context) -> {
            Set<String> once = new HashSet<>();
            Set<String> twice = new HashSet<>();
            request.topics().forEach(topic -> {
                if (!once.add(topic.name())) {
                    twice.add(topic.name());
                }
            });
            Denied<CreatableTopic> denied = Denied.takeFrom(
                    request.topics(),
                    topic -> twice.contains(topic.name())
                                    || topic.name().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                                    || access.mayCreate(context, topic.name())
                            ? Errors.NONE
                            : Errors.TOPIC_AUTHORIZATION_FAILED);
            CreateTopicsResponseData empty = new CreateTopicsResponseData();
            if (denied.isEmpty()) {
                return Decision.forward().onResponse(CreateTopicsResponseData.class, (response, answer) -> {
                    hideConfigs(access, context, response);
                    return Decision.forward(response);
                });
            }
            return denied.decide(
                    request, request.topics().isEmpty(), empty, CreateTopicsResponseData.class, response -> {
                        hideConfigs(access, context, response);
                        denied.mergeInto(
                                response.topics(),
                                (topic, error) -> new CreatableTopicResult()
                                        .setName(topic.name())
                                        .setErrorCode(error.code())
                                        .setErrorMessage("Authorization failed."));
                    });
        });
    }

    private static void hideConfigs(Access access, RequestContext context, CreateTopicsResponseData response) {
        if (context.apiVersion() < CONFIGS_SINCE) {
            return;
        }
        for (CreatableTopicResult topic : response.topics()) {
            if (topic.errorCode() == Errors.NONE.code() && !access.sees(DESCRIBE_CONFIGS, TOPIC, topic.name())) {
                topic.setConfigs(List.of())
                        .setNumPartitions(UNKNOWN)
                        .setReplicationFactor((short) UNKNOWN)
                        .setTopicConfigErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
            }
        }
    }

    static void delete(Access access, Subscriptions on) {
        on.requestAsync(ApiKeys.DELETE_TOPICS, DeleteTopicsRequestData.class, DEADLINE, (request, context) -> {
            List<Uuid> ids =
                    request.topics().stream().map(DeleteTopicState::topicId).toList();
            return TopicIds.known(ids, context)
                    .thenCompose(known -> missing(access, request, context))
                    .thenApply(missing -> context.apiVersion() < STATES_SINCE
                            ? deleteNames(access, request, context, missing)
                            : deleteStates(access, request, context, missing));
        });
    }

    /** Of the topics that may be described and not deleted, those that are not there: that is what the user is told. */
    private static CompletionStage<Set<String>> missing(
            Access access, DeleteTopicsRequestData request, RequestContext context) {
        Set<String> asked = Stream.concat(
                        request.topicNames().stream(),
                        request.topics().stream().map(DeleteTopicState::name).filter(Objects::nonNull))
                .filter(topic -> !access.hasCluster(DELETE) && !access.sees(DELETE, TOPIC, topic))
                .filter(topic -> access.sees(DESCRIBE, TOPIC, topic))
                .collect(Collectors.toSet());
        return asked.isEmpty() ? CompletableFuture.completedFuture(Set.of()) : MetadataApi.missing(asked, context);
    }

    private static Decision deleteNames(
            Access access, DeleteTopicsRequestData request, RequestContext context, Set<String> missing) {
        Denied<String> denied =
                Denied.takeFrom(request.topicNames(), topic -> judgeDelete(access, context, topic, missing));
        return denied.decide(
                request,
                request.topicNames().isEmpty(),
                new DeleteTopicsResponseData(),
                DeleteTopicsResponseData.class,
                response -> denied.mergeInto(
                        response.responses(),
                        (topic, error) -> new DeletableTopicResult()
                                .setName(topic)
                                .setErrorCode(error.code())
                                .setErrorMessage(error.message())));
    }

    private static Decision deleteStates(
            Access access, DeleteTopicsRequestData request, RequestContext context, Set<String> missing) {
        Denied<DeleteTopicState> denied = Denied.takeFrom(request.topics(), topic -> {
            if (topic.name() != null) {
                return judgeDelete(access, context, topic.name(), missing);
            }
            String name = context.topics().nameOf(topic.topicId()).orElse(null);
            return name == null ? Errors.UNKNOWN_TOPIC_ID : judgeDelete(access, context, name, missing);
        });
        return denied.decide(
                request,
                request.topics().isEmpty(),
                new DeleteTopicsResponseData(),
                DeleteTopicsResponseData.class,
                response -> denied.mergeInto(
                        response.responses(), (topic, error) -> denied(access, context, topic, error)));
    }

    private static Errors judgeDelete(Access access, RequestContext context, String topic, Set<String> missing) {
        if (access.hasCluster(DELETE)) {
            return Errors.NONE;
        }
        if (missing.contains(topic)) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        boolean may = access.may(context, DESCRIBE, TOPIC, topic) && access.may(context, DELETE, TOPIC, topic);
        return may ? Errors.NONE : Errors.TOPIC_AUTHORIZATION_FAILED;
    }

    /** By id, the name is told to who may describe it. */
    private static DeletableTopicResult denied(
            Access access, RequestContext context, DeleteTopicState topic, Errors error) {
        String name = topic.name();
        if (name == null && error != Errors.UNKNOWN_TOPIC_ID) {
            name = context.topics()
                    .nameOf(topic.topicId())
                    .filter(known -> access.sees(DESCRIBE, TOPIC, known))
                    .orElse(null);
        }
        return new DeletableTopicResult()
                .setName(name)
                .setTopicId(topic.name() == null ? topic.topicId() : Uuid.ZERO_UUID)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }

    static void createPartitions(Access access, Subscriptions on) {
        on.request(ApiKeys.CREATE_PARTITIONS, CreatePartitionsRequestData.class, (request, context) -> {
            Denied<CreatePartitionsTopic> denied =
                    Denied.takeFrom(request.topics(), topic -> TopicIds.named(access, context, ALTER, topic.name()));
            return denied.decide(
                    request,
                    request.topics().isEmpty(),
                    new CreatePartitionsResponseData(),
                    CreatePartitionsResponseData.class,
                    response -> denied.mergeInto(
                            response.results(),
                            (topic, error) -> new CreatePartitionsTopicResult()
                                    .setName(topic.name())
                                    .setErrorCode(error.code())));
        });
    }
}
