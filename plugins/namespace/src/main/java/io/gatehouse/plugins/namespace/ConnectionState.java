/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.Denial.RequestDenied;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What has to be remembered of one connection from request to request: what stands for topics in the sessions of its brokers, since a
 * client says an id once. Only what a broker has accepted counts. A session that cannot go on as it is has to be opened again, which takes
 * its client one more request. Belongs to the connection's event loop.
 */
final class ConnectionState {

    private static final int MAX_STAND_INS = 1_000;

    /** Consumers have their own connection each, and the names of these sessions may be long. */
    private static final int MAX_SHARE_SESSIONS = 10;

    private int fetchSession = FetchMetadata.INVALID_SESSION_ID;
    private StandIns inFetchSession = StandIns.NONE;

    /** By the id of the member, which is of one group. */
    private final Map<@Nullable String, StandIns> inShareSessions = new HashMap<>(0);

    /** What stands for topics in the session that a request goes on with; nothing for other requests. */
    StandIns of(ApiMessage request) {
        if (request instanceof FetchRequestData fetch && fetch.sessionId() == fetchSession && isIncremental(fetch)) {
            return inFetchSession;
        }
        if (request instanceof ShareFetchRequestData fetch
                && !inShareSessions.isEmpty()
                && fetch.shareSessionEpoch() > ShareRequestMetadata.INITIAL_EPOCH) {
            return inShareSessions.getOrDefault(fetch.memberId(), StandIns.NONE);
        }
        return StandIns.NONE;
    }

    private static boolean isIncremental(FetchRequestData fetch) {
        return fetch.sessionEpoch() > FetchMetadata.INITIAL_EPOCH;
    }

    /** The session of a request has to be opened again. */
    static RequestDenied outdated(ApiMessage request) {
        return new RequestDenied(new Denial(
                request instanceof FetchRequestData
                        ? Errors.INVALID_FETCH_SESSION_EPOCH
                        : Errors.SHARE_SESSION_NOT_FOUND,
                "The session has to be opened again: its topics are others now."));
    }

    /**
     * Looks at a renamed request, which may become one without a session: a session does not keep more than so much.
     *
     * @param standIns of the request and its session
     * @return what wants the response; null for nothing, which is the rule
     * @throws RequestDenied when the session cannot go on
     */
    @Nullable
    Consumer<ApiMessage> renamed(ApiMessage request, StandIns standIns) {
        if (request instanceof FetchRequestData fetch && !standIns.isEmpty()) {
            if (standIns.size() > MAX_STAND_INS) {
                if (isIncremental(fetch)) {
                    throw outdated(request);
                }
                fetch.setSessionEpoch(FetchMetadata.FINAL_EPOCH);
            }
            return response -> fetched((FetchResponseData) response, standIns);
        }
        if (request instanceof ShareFetchRequestData fetch && !(standIns.isEmpty() && inShareSessions.isEmpty())) {
            String member = fetch.memberId();
            boolean ends = fetch.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH;
            StandIns kept = ends ? StandIns.NONE : standIns;
            if (!hasRoom(member, kept)) {
                throw new RequestDenied(new Denial(
                        Errors.SHARE_SESSION_LIMIT_REACHED,
                        "Topics of the connection's sessions that are not there (expected: up to " + MAX_STAND_INS
                                + ", in up to " + MAX_SHARE_SESSIONS + " sessions)."));
            }
            return response -> shared(member, (ShareFetchResponseData) response, kept);
        }
        return null;
    }

    private void fetched(FetchResponseData response, StandIns standIns) {
        if (response.errorCode() == Errors.NONE.code() && response.sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            fetchSession = response.sessionId();
            inFetchSession = standIns;
        }
    }

    private void shared(@Nullable String member, ShareFetchResponseData response, StandIns standIns) {
        if (response.errorCode() != Errors.NONE.code()) {
            return;
        }
        inShareSessions.remove(member);
        if (!standIns.isEmpty() && hasRoom(member, standIns)) {
            inShareSessions.put(member, standIns);
        }
    }

    private boolean hasRoom(@Nullable String member, StandIns standIns) {
        int sessions = 1;
        int all = standIns.size();
        for (Map.Entry<@Nullable String, StandIns> other : inShareSessions.entrySet()) {
            if (!Objects.equals(other.getKey(), member)) {
                sessions++;
                all += other.getValue().size();
            }
        }
        return standIns.isEmpty() || (sessions <= MAX_SHARE_SESSIONS && all <= MAX_STAND_INS);
    }

    /**
     * Whether the bytes in a request are those of the consumer protocol. SyncGroup need not say so, and what the connection said before is
     * no evidence: another member may have formed the group anew. Bytes of other protocols do not parse as the consumer's, and stay.
     */
    static boolean isConsumerProtocol(ApiMessage request) {
        if (request instanceof JoinGroupRequestData join) {
            return join.protocolType().equals(ConsumerProtocolNames.TYPE);
        }
        return request instanceof SyncGroupRequestData sync
                && (sync.protocolType() == null || sync.protocolType().equals(ConsumerProtocolNames.TYPE));
    }

    /** The type of keys in a FindCoordinator request; 0, which is a group's, in others. */
    static byte coordinatorType(ApiMessage request) {
        return request instanceof FindCoordinatorRequestData find ? find.keyType() : 0;
    }
}
