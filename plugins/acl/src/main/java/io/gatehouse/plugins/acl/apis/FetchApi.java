/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Fetch: READ on each topic. Denied partitions never become part of the broker's session; this connection's are kept here and told in every
 * response of the session, as a broker would. A session that was opened under other rules has to be opened again, in full: the client is
 * told INVALID_FETCH_SESSION_EPOCH. So the session under these rules is the one whose id came with the answer to a request that was judged
 * by them.
 */
final class FetchApi {

    private static final int IDS_SINCE = 13;
    private static final long NO_OFFSET = -1;

    private final Access access;
    private int sessionId = FetchMetadata.INVALID_SESSION_ID;
    private Map<Topic, Refused> refused = Map.of();

    private FetchApi(Access access) {
        this.access = access;
    }

    /** A topic by its name or id. */
    private record Topic(String name, Uuid id) {}

    private record Refused(Errors error, Set<Integer> partitions) {}

    static void subscribe(Access access, Subscriptions on) {
        if (access.everyName(AclOperation.READ, ResourceType.TOPIC)) {
            replicasOnly(access, on);
            return;
        }
        FetchApi session = new FetchApi(access);
        TopicIds.handle(
                on,
                ApiKeys.FETCH,
                FetchRequestData.class,
                request -> request.topics().stream().map(FetchTopic::topicId),
                session::decide);
    }

    /** For who may read every topic: what is left to ask is whether it reads as a replica. */
    private static void replicasOnly(Access access, Subscriptions on) {
        FetchApi session = new FetchApi(access);
        on.request(
                ApiKeys.FETCH,
                FetchRequestData.class,
                (request, context) -> isReplica(request) ? session.asReplica(request, context) : Decision.forward());
    }

    private static boolean isReplica(FetchRequestData request) {
        return request.replicaId() >= 0 || request.replicaState().replicaId() >= 0;
    }

    private Decision decide(FetchRequestData request, RequestContext context) {
        if (isReplica(request)) {
            return asReplica(request, context);
        }
        boolean opens = request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH;
        boolean full = opens || request.sessionEpoch() == FetchMetadata.FINAL_EPOCH;
        if (!full && (!isOpen(request.sessionId()) || anyIsKnownNow(context))) {
            sessionId = FetchMetadata.INVALID_SESSION_ID;
            return Decision.refuse(Errors.INVALID_FETCH_SESSION_EPOCH, "");
        }
        Map<Topic, Refused> now = new LinkedHashMap<>(full ? Map.of() : refused);
        request.forgottenTopicsData().forEach(topic -> forget(now, topic));
        request.topics().forEach(topic -> again(now, topic));
        boolean byId = context.apiVersion() >= IDS_SINCE;
        request.topics().removeIf(topic -> {
            Errors error = TopicIds.judge(access, context, AclOperation.READ, topic.topic(), topic.topicId(), byId);
            if (error == Errors.NONE) {
                return false;
            }
            Refused entry = now.computeIfAbsent(
                    new Topic(topic.topic(), topic.topicId()), any -> new Refused(error, new LinkedHashSet<>()));
            topic.partitions().forEach(partition -> entry.partitions().add(partition.partition()));
            return true;
        });
        if (opens) {
            sessionId = FetchMetadata.INVALID_SESSION_ID;
        } else if (!full) {
            refused = now;
        }
        return outcome(request, full, opens, now);
    }

    private boolean isOpen(int session) {
        return session != FetchMetadata.INVALID_SESSION_ID && session == sessionId;
    }

    private Decision outcome(FetchRequestData request, boolean full, boolean opens, Map<Topic, Refused> now) {
        if (now.isEmpty() && !opens) {
            return Decision.forward();
        }
        List<FetchableTopicResponse> errors = errors(now);
        if (full && request.topics().isEmpty() && !now.isEmpty()) {
            return Decision.respond(new FetchResponseData().setResponses(errors));
        }
        Decision.Forward forward = now.isEmpty() ? Decision.forward() : Decision.forward(request);
        return forward.onResponse(FetchResponseData.class, (response, context) -> {
            if (response.errorCode() != Errors.NONE.code()) {
                return Decision.forward();
            }
            if (opens) {
                sessionId = response.sessionId();
                refused = now;
            }
            if (errors.isEmpty()) {
                return Decision.forward();
            }
            List<FetchableTopicResponse> responses = new ArrayList<>(response.responses());
            responses.addAll(errors);
            return Decision.forward(response.setResponses(responses));
        });
    }

    /** A replica's place is not behind a gateway; who says it is one needs the right of one. */
    private Decision asReplica(FetchRequestData request, RequestContext context) {
        if (access.mayCluster(context, AclOperation.CLUSTER_ACTION)) {
            return Decision.forward();
        }
        Map<Topic, Refused> all = new LinkedHashMap<>();
        for (FetchTopic topic : request.topics()) {
            Refused entry = all.computeIfAbsent(
                    new Topic(topic.topic(), topic.topicId()),
                    any -> new Refused(Errors.TOPIC_AUTHORIZATION_FAILED, new LinkedHashSet<>()));
            topic.partitions().forEach(partition -> entry.partitions().add(partition.partition()));
        }
        return Decision.respond(new FetchResponseData().setResponses(errors(all)));
    }

    /** A topic whose id nobody knew may have been met meanwhile: all is judged again. */
    private boolean anyIsKnownNow(RequestContext context) {
        return refused.entrySet().stream()
                .anyMatch(entry -> entry.getValue().error() == Errors.UNKNOWN_TOPIC_ID
                        && context.topics().nameOf(entry.getKey().id()).isPresent());
    }

    private static void forget(Map<Topic, Refused> now, ForgottenTopic forgotten) {
        without(now, new Topic(forgotten.topic(), forgotten.topicId()), new LinkedHashSet<>(forgotten.partitions()));
    }

    private static void again(Map<Topic, Refused> now, FetchTopic topic) {
        Set<Integer> partitions = new LinkedHashSet<>();
        for (FetchPartition partition : topic.partitions()) {
            partitions.add(partition.partition());
        }
        without(now, new Topic(topic.topic(), topic.topicId()), partitions);
    }

    private static void without(Map<Topic, Refused> now, Topic topic, Set<Integer> partitions) {
        now.computeIfPresent(topic, (key, known) -> {
            Set<Integer> left = new LinkedHashSet<>(known.partitions());
            left.removeAll(partitions);
            return left.isEmpty() ? null : new Refused(known.error(), left);
        });
    }

    private static List<FetchableTopicResponse> errors(Map<Topic, Refused> refused) {
        List<FetchableTopicResponse> errors = new ArrayList<>();
        refused.forEach((topic, entry) -> errors.add(new FetchableTopicResponse()
                .setTopic(topic.name())
                .setTopicId(topic.id())
                .setPartitions(entry.partitions().stream()
                        .map(partition -> new PartitionData()
                                .setPartitionIndex(partition)
                                .setErrorCode(entry.error().code())
                                .setHighWatermark(NO_OFFSET)
                                .setRecords(MemoryRecords.EMPTY))
                        .toList())));
        return errors;
    }
}
