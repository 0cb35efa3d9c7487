/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Heartbeats of streams groups: READ on the group, DESCRIBE on every topic of the topology. The broker would create missing internal topics
 * by the gateway's right, so a topology that needs some that the user may not create is refused; a broker with ACLs lets it in and waits.
 */
final class StreamsApi {

    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));

    private StreamsApi() {}

    static void subscribe(Access access, Subscriptions on) {
        on.requestAsync(
                ApiKeys.STREAMS_GROUP_HEARTBEAT,
                StreamsGroupHeartbeatRequestData.class,
                DEADLINE,
                (request, context) -> decide(access, request, context));
    }

    private static CompletionStage<Decision> decide(
            Access access, StreamsGroupHeartbeatRequestData request, RequestContext context) {
        if (!access.may(context, READ, GROUP, request.groupId())) {
            return done(Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, ""));
        }
        if (request.topology() == null) {
            return done(Decision.forward());
        }
        Set<String> topics = new TreeSet<>();
        Set<String> internal = new TreeSet<>();
        for (Subtopology part : request.topology().subtopologies()) {
            topics.addAll(part.sourceTopics());
            topics.addAll(part.repartitionSinkTopics());
            part.repartitionSourceTopics().forEach(topic -> internal.add(topic.name()));
            part.stateChangelogTopics().forEach(topic -> internal.add(topic.name()));
        }
        topics.addAll(internal);
        List<String> ofKafka = topics.stream().filter(Topic::isInternal).toList();
        if (!ofKafka.isEmpty()) {
            return done(Decision.refuse(
                    Errors.STREAMS_INVALID_TOPOLOGY,
                    "Use of Kafka internal topics " + String.join(",", ofKafka)
                            + " in a Kafka Streams topology is prohibited."));
        }
        List<String> invalid = topics.stream().filter(topic -> !isValid(topic)).toList();
        if (!invalid.isEmpty()) {
            return done(Decision.refuse(
                    Errors.STREAMS_INVALID_TOPOLOGY,
                    "Topic names " + String.join(",", invalid) + " are not valid topic names."));
        }
        boolean byPattern = request.topology().subtopologies().stream()
                .anyMatch(part -> !part.sourceTopicRegex().isEmpty());
        boolean mayDescribe = !byPattern || access.auditOnly() || access.everyName(DESCRIBE, TOPIC);
        for (String topic : topics) {
            mayDescribe &= access.may(context, DESCRIBE, TOPIC, topic);
        }
        return mayDescribe
                ? creating(access, internal, context)
                : done(Decision.refuse(Errors.TOPIC_AUTHORIZATION_FAILED, ""));
    }

    private static CompletionStage<Decision> creating(Access access, Set<String> internal, RequestContext context) {
        if (access.hasCluster(CREATE) || internal.stream().allMatch(topic -> access.sees(CREATE, TOPIC, topic))) {
            return done(Decision.forward());
        }
        List<MetadataRequestTopic> asked = internal.stream()
                .filter(topic -> !access.sees(CREATE, TOPIC, topic))
                .map(topic -> new MetadataRequestTopic().setName(topic))
                .toList();
        return context.send(new MetadataRequestData().setTopics(asked).setAllowAutoTopicCreation(false))
                .thenApply(answer -> {
                    List<String> missing = ((MetadataResponseData) answer)
                            .topics().stream()
                                    .filter(topic -> topic.errorCode() == Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                                    .map(MetadataResponseTopic::name)
                                    .sorted()
                                    .toList();
                    missing.forEach(topic -> access.may(context, CREATE, TOPIC, topic));
                    return missing.isEmpty()
                            ? Decision.forward()
                            : Decision.refuse(
                                    Errors.TOPIC_AUTHORIZATION_FAILED,
                                    "Unauthorized to CREATE on topics " + String.join(",", missing) + ".");
                });
    }

    private static boolean isValid(String topic) {
        try {
            Topic.validate(topic);
            return true;
        } catch (InvalidTopicException e) {
            return false;
        }
    }

    private static CompletionStage<Decision> done(Decision decision) {
        return CompletableFuture.completedFuture(decision);
    }
}
