/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.resource.ResourceType.GROUP;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopic;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData.ShareAcknowledgeTopicResponse;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.message.ShareFetchResponseData.ShareFetchableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.jspecify.annotations.Nullable;

/**
 * ShareFetch and ShareAcknowledge: READ on the group, then on each topic, all by id. Denied partitions never become part of the broker's
 * session, and are told in every response of it. A session counts as open when the broker has said so; one that was opened under other rules
 * has to be opened again: the client is told SHARE_SESSION_NOT_FOUND.
 */
final class ShareFetchApi {

    /** Consumers have one on a connection. Names of groups are as long as clients like. */
    private static final int MAX_SESSIONS = 16;

    private final Access access;
    private final Map<Session, Map<Uuid, Refused>> sessions = new HashMap<>();

    private ShareFetchApi(Access access) {
        this.access = access;
    }

    private record Session(
            @Nullable String groupId, @Nullable String memberId) {}

    /** @param acknowledging by partition, whether records of it were acknowledged in this request */
    private record Refused(Errors error, TreeMap<Integer, Boolean> acknowledging) {}

    static void subscribe(Access access, Subscriptions on) {
        ShareFetchApi sessions = new ShareFetchApi(access);
        TopicIds.handle(
                on,
                ApiKeys.SHARE_FETCH,
                ShareFetchRequestData.class,
                request -> request.topics().stream().map(FetchTopic::topicId),
                sessions::fetch);
    }

    private Decision fetch(ShareFetchRequestData request, RequestContext context) {
        String groupId = request.groupId();
        if (groupId == null || !access.may(context, READ, GROUP, groupId)) {
            return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
        }
        Session session = new Session(groupId, request.memberId());
        boolean opens = request.shareSessionEpoch() == ShareRequestMetadata.INITIAL_EPOCH;
        boolean ends = request.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH;
        Map<Uuid, Refused> before = sessions.get(session);
        if (!opens && !ends && (before == null || anyIsKnownNow(before, context))) {
            sessions.remove(session);
            return Decision.refuse(Errors.SHARE_SESSION_NOT_FOUND, "");
        }
        Map<Uuid, Refused> now = opens || ends ? new LinkedHashMap<>() : withoutAcknowledgements(before);
        request.forgottenTopicsData()
                .forEach(topic -> topic.partitions().forEach(partition -> without(now, topic.topicId(), partition)));
        request.topics().removeIf(topic -> isRefused(topic, now, context));
        boolean nothingLeft = opens && request.topics().isEmpty() && !now.isEmpty();
        // One that the broker refuses to open may be there already, of somebody else.
        sessions.remove(session);
        if (!opens && !ends) {
            sessions.put(session, now);
        }
        if (now.isEmpty() && !opens) {
            return Decision.forward();
        }
        Map<Uuid, Refused> told = copy(now);
        if (nothingLeft) {
            return Decision.respond(merge(new ShareFetchResponseData(), told));
        }
        Decision.Forward forward = now.isEmpty() ? Decision.forward() : Decision.forward(request);
        return forward.onResponse(ShareFetchResponseData.class, (response, answer) -> {
            if (response.errorCode() != Errors.NONE.code()) {
                return Decision.forward();
            }
            if (opens) {
                opened(session, now);
            }
            return told.isEmpty() ? Decision.forward() : Decision.forward(merge(response, told));
        });
    }

    private void opened(Session session, Map<Uuid, Refused> refused) {
        if (sessions.size() >= MAX_SESSIONS) {
            sessions.clear();
        }
        sessions.put(session, refused);
    }

    private boolean isRefused(FetchTopic topic, Map<Uuid, Refused> now, RequestContext context) {
        topic.partitions().forEach(partition -> without(now, topic.topicId(), partition.partitionIndex()));
        Errors error = TopicIds.judge(access, context, READ, "", topic.topicId(), true);
        if (error == Errors.NONE) {
            return false;
        }
        Refused entry = now.computeIfAbsent(topic.topicId(), any -> new Refused(error, new TreeMap<>()));
        topic.partitions()
                .forEach(partition -> entry.acknowledging()
                        .put(
                                partition.partitionIndex(),
                                !partition.acknowledgementBatches().isEmpty()));
        return true;
    }

    private static boolean anyIsKnownNow(Map<Uuid, Refused> refused, RequestContext context) {
        return refused.entrySet().stream()
                .anyMatch(entry -> entry.getValue().error() == Errors.UNKNOWN_TOPIC_ID
                        && context.topics().nameOf(entry.getKey()).isPresent());
    }

    private static Map<Uuid, Refused> withoutAcknowledgements(Map<Uuid, Refused> before) {
        Map<Uuid, Refused> now = copy(before);
        now.values().forEach(refused -> refused.acknowledging().replaceAll((partition, acknowledging) -> false));
        return now;
    }

    private static Map<Uuid, Refused> copy(Map<Uuid, Refused> refused) {
        Map<Uuid, Refused> copy = new LinkedHashMap<>();
        refused.forEach((id, entry) -> copy.put(id, new Refused(entry.error(), new TreeMap<>(entry.acknowledging()))));
        return copy;
    }

    private static void without(Map<Uuid, Refused> now, Uuid id, int partition) {
        now.computeIfPresent(id, (key, entry) -> {
            entry.acknowledging().remove(partition);
            return entry.acknowledging().isEmpty() ? null : entry;
        });
    }

    private static ShareFetchResponseData merge(ShareFetchResponseData response, Map<Uuid, Refused> refused) {
        refused.forEach((id, entry) -> {
            ShareFetchableTopicResponse topic = new ShareFetchableTopicResponse().setTopicId(id);
            short code = entry.error().code();
            entry.acknowledging()
                    .forEach((partition, acknowledging) -> topic.partitions()
                            .add(new PartitionData()
                                    .setPartitionIndex(partition)
                                    .setErrorCode(code)
                                    .setAcknowledgeErrorCode(acknowledging ? code : Errors.NONE.code())
                                    .setRecords(MemoryRecords.EMPTY)));
            response.responses().add(topic);
        });
        return response;
    }

    static void acknowledge(Access access, Subscriptions on) {
        TopicIds.handle(
                on,
                ApiKeys.SHARE_ACKNOWLEDGE,
                ShareAcknowledgeRequestData.class,
                request -> request.topics().stream().map(AcknowledgeTopic::topicId),
                (request, context) -> acknowledge(access, request, context));
    }

    private static Decision acknowledge(Access access, ShareAcknowledgeRequestData request, RequestContext context) {
        String groupId = request.groupId();
        if (groupId == null || !access.may(context, READ, GROUP, groupId)) {
            return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
        }
        Denied<AcknowledgeTopic> denied = Denied.takeFrom(
                request.topics(), topic -> TopicIds.judge(access, context, READ, "", topic.topicId(), true));
        // A request without topics may end the session, so it goes on.
        return denied.decide(
                request, false, new ShareAcknowledgeResponseData(), ShareAcknowledgeResponseData.class, response -> {
                    if (response.errorCode() == Errors.NONE.code()) {
                        denied.mergeInto(response.responses(), ShareFetchApi::denied);
                    }
                });
    }

    private static ShareAcknowledgeTopicResponse denied(AcknowledgeTopic topic, Errors error) {
        ShareAcknowledgeTopicResponse response = new ShareAcknowledgeTopicResponse().setTopicId(topic.topicId());
        topic.partitions()
                .forEach(partition -> response.partitions()
                        .add(new ShareAcknowledgeResponseData.PartitionData()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code())));
        return response;
    }
}
