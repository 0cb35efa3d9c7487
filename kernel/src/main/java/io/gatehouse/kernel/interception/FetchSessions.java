/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The fetch and share sessions that one connection has opened through the same links. A broker finds a session by its id alone, and all of the gateway's
 * connections have one principal there, so a foreign id would be served; here it is not, nor what other links
 * have let into a session. Stands in a chain where an interceptor wants
 * Fetch, ShareFetch or ShareAcknowledge, next to the broker; belongs to the connection's event loop.
 */
public final class FetchSessions implements Interceptor {

    /** Consumers have one on a connection. Names of groups are as long as clients like. */
    private static final int MAX_SHARE_SESSIONS = 16;

    private int fetchSession = FetchMetadata.INVALID_SESSION_ID;
    private final Set<ShareSession> shareSessions = new HashSet<>();

    private record ShareSession(
            @Nullable String groupId, @Nullable String memberId) {}

    /** The session id that stands in the response to a Fetch that these links have looked at. */
    public void note(int sessionId) {
        if (sessionId != FetchMetadata.INVALID_SESSION_ID) {
            fetchSession = sessionId;
        }
    }

    @Override
    public void subscribe(User user, Subscriptions on) {
        on.request(ApiKeys.FETCH, FetchRequestData.class, this::fetch);
        on.request(
                ApiKeys.SHARE_FETCH,
                ShareFetchRequestData.class,
                (request, context) -> shareFetch(
                        new ShareSession(request.groupId(), request.memberId()), request.shareSessionEpoch()));
        on.request(
                ApiKeys.SHARE_ACKNOWLEDGE,
                ShareAcknowledgeRequestData.class,
                (request, context) -> inShareSession(
                        new ShareSession(request.groupId(), request.memberId()), request.shareSessionEpoch()));
    }

    private Decision fetch(FetchRequestData request, RequestContext context) {
        boolean foreign =
                request.sessionId() != FetchMetadata.INVALID_SESSION_ID && request.sessionId() != fetchSession;
        if (!foreign) {
            return Decision.forward();
        }
        boolean full = request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH
                || request.sessionEpoch() == FetchMetadata.FINAL_EPOCH;
        if (full) {
            return Decision.forward(request.setSessionId(FetchMetadata.INVALID_SESSION_ID));
        }
        return Decision.refuse(
                Errors.FETCH_SESSION_ID_NOT_FOUND, "the session is not of this connection and its rules of now");
    }

    /** A broker that refuses to open a session leaves one of that name as it is, whose ever it may be: only its answer says whose it is. */
    private Decision shareFetch(ShareSession session, int epoch) {
        if (epoch != ShareRequestMetadata.INITIAL_EPOCH) {
            return inShareSession(session, epoch);
        }
        shareSessions.remove(session);
        return Decision.forward().onResponse(ShareFetchResponseData.class, (response, context) -> {
            if (response.errorCode() == Errors.NONE.code()) {
                if (shareSessions.size() >= MAX_SHARE_SESSIONS) {
                    shareSessions.clear();
                }
                shareSessions.add(session);
            }
            return Decision.forward();
        });
    }

    private Decision inShareSession(ShareSession session, int epoch) {
        if (!shareSessions.contains(session)) {
            return Decision.refuse(
                    Errors.SHARE_SESSION_NOT_FOUND, "the session is not of this connection and its rules of now");
        }
        if (epoch == ShareRequestMetadata.FINAL_EPOCH) {
            shareSessions.remove(session);
        }
        return Decision.forward();
    }
}
