/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.ResponseContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * Metadata: DESCRIBE on each topic; all of them are filtered, named ones refused whether they exist or not, those by id without their name.
 * A topic that the request would create needs CREATE: where it is missing, the request goes on without the right to create, and what the
 * broker does not know is refused.
 */
final class MetadataApi {

    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));

    /** The version in which no topic means all of them. */
    private static final short ALL_WHEN_EMPTY = 0;

    /** Before, every Metadata request creates what is missing. */
    private static final short CREATION_OPTIONAL_SINCE = 4;

    private final Access access;

    private MetadataApi(Access access) {
        this.access = access;
    }

    static void subscribe(Access access, Subscriptions on) {
        on.requestAsync(ApiKeys.METADATA, MetadataRequestData.class, DEADLINE, new MetadataApi(access)::decide);
    }

    private CompletionStage<Decision> decide(MetadataRequestData request, RequestContext context) {
        if (request.topics() == null || request.topics().isEmpty() && context.apiVersion() == ALL_WHEN_EMPTY) {
            return done(Decision.forward()
                    .onResponse(MetadataResponseData.class, (response, answer) -> filtered(response, context)));
        }
        boolean byId =
                request.topics().stream().anyMatch(topic -> !topic.topicId().equals(Uuid.ZERO_UUID));
        if (byId) {
            return done(Decision.forward()
                    .onResponse(MetadataResponseData.class, (response, answer) -> judged(response, context)));
        }
        Denied<MetadataRequestTopic> denied = Denied.takeFrom(
                request.topics(), topic -> TopicIds.named(access, context, AclOperation.DESCRIBE, topic.name()));
        if (!request.allowAutoTopicCreation() || !access.autoCreateTopics() || access.hasCluster(AclOperation.CREATE)) {
            return done(forward(request, context.apiVersion(), denied, Set.of()));
        }
        Set<String> mayNotCreate = request.topics().stream()
                .map(MetadataRequestTopic::name)
                .filter(topic -> !access.sees(AclOperation.CREATE, ResourceType.TOPIC, topic))
                .collect(Collectors.toSet());
        if (mayNotCreate.isEmpty()) {
            return done(forward(request, context.apiVersion(), denied, Set.of()));
        }
        if (mayNotCreate.size() == request.topics().size() && context.apiVersion() >= CREATION_OPTIONAL_SINCE) {
            return done(forward(request.setAllowAutoTopicCreation(false), context.apiVersion(), denied, mayNotCreate));
        }
        return missing(mayNotCreate, context).thenApply(missing -> {
            missing.forEach(topic -> access.may(context, AclOperation.CREATE, ResourceType.TOPIC, topic));
            request.topics().removeIf(topic -> missing.contains(topic.name()));
            boolean noneMeansAll = request.topics().isEmpty() && context.apiVersion() == ALL_WHEN_EMPTY;
            return Decision.forward(request).onResponse(MetadataResponseData.class, (response, answer) -> {
                if (noneMeansAll) {
                    response.topics().clear();
                }
                missing.forEach(topic -> response.topics().add(error(topic)));
                return finished(response, denied, Set.of(), answer);
            });
        });
    }

    /** Those of the topics that do not exist. */
    static CompletionStage<Set<String>> missing(Set<String> topics, RequestContext context) {
        List<MetadataRequestTopic> asked = topics.stream()
                .map(topic -> new MetadataRequestTopic().setName(topic))
                .toList();
        return context.send(new MetadataRequestData().setTopics(asked).setAllowAutoTopicCreation(false))
                .thenApply(answer -> {
                    Set<String> missing = new HashSet<>(topics);
                    ((MetadataResponseData) answer)
                            .topics().stream()
                                    .filter(topic -> topic.errorCode() != Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                                    .forEach(topic -> missing.remove(topic.name()));
                    return missing;
                });
    }

    private Decision forward(
            MetadataRequestData request, short version, Denied<MetadataRequestTopic> denied, Set<String> mayNotCreate) {
        if (request.topics().isEmpty() && version == ALL_WHEN_EMPTY) {
            return Decision.forward(request).onResponse(MetadataResponseData.class, (response, answer) -> {
                response.topics().clear();
                return finished(response, denied, mayNotCreate, answer);
            });
        }
        boolean operations = request.includeTopicAuthorizedOperations() || request.includeClusterAuthorizedOperations();
        if (denied.isEmpty() && mayNotCreate.isEmpty() && !operations) {
            return Decision.forward();
        }
        return Decision.forward(request)
                .onResponse(
                        MetadataResponseData.class,
                        (response, answer) -> finished(response, denied, mayNotCreate, answer));
    }

    private Decision finished(
            MetadataResponseData response,
            Denied<MetadataRequestTopic> denied,
            Set<String> mayNotCreate,
            ResponseContext context) {
        for (MetadataResponseTopic topic : response.topics()) {
            boolean missing = topic.errorCode() == Errors.UNKNOWN_TOPIC_OR_PARTITION.code();
            if (missing && mayNotCreate.contains(topic.name())) {
                access.may(context, AclOperation.CREATE, ResourceType.TOPIC, topic.name());
                topic.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
                topic.setTopicAuthorizedOperations(AuthorizedOperations.NOT_ASKED);
            }
        }
        operations(response);
        denied.mergeInto(response.topics(), (topic, error) -> error(topic.name()));
        return Decision.forward(response);
    }

    private Decision filtered(MetadataResponseData response, RequestContext context) {
        response.topics().removeIf(topic -> !access.sees(AclOperation.DESCRIBE, ResourceType.TOPIC, topic.name()));
        operations(response);
        return Decision.forward(response);
    }

    /** By ids: the response says the names. */
    private Decision judged(MetadataResponseData response, RequestContext context) {
        List<MetadataResponseTopic> denied = response.topics().stream()
                .filter(topic -> topic.name() != null)
                .filter(topic -> !access.may(context, AclOperation.DESCRIBE, ResourceType.TOPIC, topic.name()))
                .toList();
        response.topics().removeAll(denied);
        operations(response);
        denied.forEach(topic -> response.topics().add(error(null).setTopicId(topic.topicId())));
        return Decision.forward(response);
    }

    private static MetadataResponseTopic error(@Nullable String name) {
        return new MetadataResponseTopic().setName(name).setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    private void operations(MetadataResponseData response) {
        response.topics().stream()
                .filter(topic -> topic.name() != null)
                .forEach(topic -> topic.setTopicAuthorizedOperations(AuthorizedOperations.of(
                        access, topic.topicAuthorizedOperations(), ResourceType.TOPIC, topic.name())));
        response.setClusterAuthorizedOperations(ClusterApis.operations(access, response.clusterAuthorizedOperations()));
    }

    private static CompletionStage<Decision> done(Decision decision) {
        return CompletableFuture.completedFuture(decision);
    }
}
