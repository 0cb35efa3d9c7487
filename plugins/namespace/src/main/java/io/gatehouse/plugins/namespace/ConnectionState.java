/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** What has to be remembered of one connection from request to request. Belongs to its event loop. */
final class ConnectionState {

    private static final int MAX_ENTRIES = 1_000;

    private final Map<Uuid, StandIn> standIns = new HashMap<>(0);
    private final Map<Uuid, Uuid> byForeign = new HashMap<>(0);

    /**
     * An id that no topic has, in place of one that the client must not name. Fetch sessions keep ids from request to request, and so do
     * these.
     *
     * @param denial null when the topic does not exist for the client
     */
    record StandIn(Uuid foreign, @Nullable Denial denial) {}

    /** The same id for the same topic. */
    Uuid standIn(Uuid foreign, @Nullable Denial denial) {
        if (standIns.size() >= MAX_ENTRIES) {
            standIns.clear();
            byForeign.clear();
        }
        Uuid id = byForeign.computeIfAbsent(foreign, any -> Uuid.randomUuid());
        standIns.put(id, new StandIn(foreign, denial));
        return id;
    }

    @Nullable
    StandIn standIn(Uuid id) {
        return standIns.isEmpty() ? null : standIns.get(id);
    }

    boolean hasStandIns() {
        return !standIns.isEmpty();
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
