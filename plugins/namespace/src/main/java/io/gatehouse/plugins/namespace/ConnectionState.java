/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.jspecify.annotations.Nullable;

/** What has to be remembered of one connection from request to request. Belongs to its event loop. */
final class ConnectionState {

    private static final int MAX_SESSIONS = 1_000;

    private @Nullable SessionTopics fetchSession;
    private final Map<ShareMember, SessionTopics> shareSessions = new HashMap<>(0);

    private record ShareMember(
            @Nullable String groupId, @Nullable String memberId) {}

    /** The session that a request opens or goes on with; null for one without. A connection has one fetch session. */
    @Nullable
    SessionTopics session(ApiMessage request) {
        if (request instanceof FetchRequestData fetch) {
            boolean full = fetch.sessionEpoch() == FetchMetadata.INITIAL_EPOCH
                    || fetch.sessionEpoch() == FetchMetadata.FINAL_EPOCH;
            if (fetchSession == null || (full && !fetchSession.isEmpty())) {
                fetchSession = new SessionTopics();
            }
            return fetchSession;
        }
        if (request instanceof ShareFetchRequestData fetch) {
            return shareSession(new ShareMember(fetch.groupId(), fetch.memberId()), fetch.shareSessionEpoch());
        }
        return null;
    }

    private SessionTopics shareSession(ShareMember member, int epoch) {
        if (epoch == ShareRequestMetadata.INITIAL_EPOCH) {
            shareSessions.remove(member);
        }
        if (shareSessions.size() >= MAX_SESSIONS) {
            shareSessions.clear();
        }
        SessionTopics session = shareSessions.computeIfAbsent(member, any -> new SessionTopics());
        if (epoch == ShareRequestMetadata.FINAL_EPOCH) {
            shareSessions.remove(member);
        }
        return session;
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
