/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/**
 * DescribeTopicPartitions: DESCRIBE on each topic. It comes in pages, whose ends would tell hidden names; so who asks for all is answered
 * as if all that may be seen had been named.
 */
final class TopicPartitionsApi {

    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));

    private final Access access;

    private TopicPartitionsApi(Access access) {
        this.access = access;
    }

    static void subscribe(Access access, Subscriptions on) {
        on.requestAsync(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                DescribeTopicPartitionsRequestData.class,
                DEADLINE,
                new TopicPartitionsApi(access)::decide);
    }

    private CompletionStage<Decision> decide(DescribeTopicPartitionsRequestData request, RequestContext context) {
        if (request.topics().isEmpty()) {
            return all(request, context);
        }
        String from = request.cursor() == null ? "" : request.cursor().topicName();
        boolean fromIsNamed =
                request.topics().stream().anyMatch(topic -> topic.name().equals(from));
        if (request.cursor() != null && !fromIsNamed) {
            // The broker refuses it as a whole.
            return CompletableFuture.completedFuture(Decision.forward());
        }
        request.topics().removeIf(topic -> topic.name().compareTo(from) < 0);
        Denied<TopicRequest> denied = Denied.takeFrom(
                request.topics(), topic -> TopicIds.named(access, context, AclOperation.DESCRIBE, topic.name()));
        if (request.topics().stream().noneMatch(topic -> topic.name().equals(from))) {
            request.setCursor(null);
        }
        DescribeTopicPartitionsResponseData empty = new DescribeTopicPartitionsResponseData();
        if (denied.isEmpty()) {
            return CompletableFuture.completedFuture(Decision.forward(request)
                    .onResponse(DescribeTopicPartitionsResponseData.class, (response, answer) -> {
                        operations(response);
                        return Decision.forward(response);
                    }));
        }
        return CompletableFuture.completedFuture(denied.decide(
                request, request.topics().isEmpty(), empty, DescribeTopicPartitionsResponseData.class, response -> {
                    operations(response);
                    denied.mergeInto(
                            response.topics(),
                            (topic, error) -> new DescribeTopicPartitionsResponseTopic()
                                    .setName(topic.name())
                                    .setErrorCode(error.code()));
                }));
    }

    private CompletionStage<Decision> all(DescribeTopicPartitionsRequestData request, RequestContext context) {
        if (access.auditOnly() || access.everyName(AclOperation.DESCRIBE, ResourceType.TOPIC)) {
            return CompletableFuture.completedFuture(
                    Decision.forward().onResponse(DescribeTopicPartitionsResponseData.class, (response, answer) -> {
                        operations(response);
                        return Decision.forward(response);
                    }));
        }
        return context.send(new MetadataRequestData().setTopics(null)).thenApply(answer -> {
            String from = request.cursor() == null ? "" : request.cursor().topicName();
            List<TopicRequest> visible = ((MetadataResponseData) answer)
                    .topics().stream()
                            .map(MetadataResponseData.MetadataResponseTopic::name)
                            .filter(name -> name.compareTo(from) >= 0)
                            .filter(name -> access.sees(AclOperation.DESCRIBE, ResourceType.TOPIC, name))
                            .map(name -> new TopicRequest().setName(name))
                            .collect(Collectors.toList());
            if (visible.isEmpty()) {
                return Decision.respond(new DescribeTopicPartitionsResponseData());
            }
            if (visible.stream().noneMatch(topic -> topic.name().equals(from))) {
                request.setCursor(null);
            }
            return Decision.forward(request.setTopics(visible))
                    .onResponse(DescribeTopicPartitionsResponseData.class, (response, context2) -> {
                        response.topics()
                                .removeIf(topic -> topic.errorCode() == Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                        operations(response);
                        return Decision.forward(response);
                    });
        });
    }

    private void operations(DescribeTopicPartitionsResponseData response) {
        response.topics()
                .forEach(topic -> topic.setTopicAuthorizedOperations(AuthorizedOperations.of(
                        access, topic.topicAuthorizedOperations(), ResourceType.TOPIC, topic.name())));
    }
}
