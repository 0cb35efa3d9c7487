/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Ids that no topic has, in place of those that a client must not name: the broker then answers for them as for what is not there. Of one
 * request, or of a session that keeps ids from request to request. Belongs to the connection's event loop.
 */
final class StandIns {

    private static final int MAX_ENTRIES = 1_000;

    private final Map<Uuid, StandIn> standIns = new HashMap<>(0);
    private final Map<Uuid, Uuid> byClients = new HashMap<>(0);

    /**
     * What stands for another id.
     *
     * @param clients the id that the client said
     * @param denial null when the topic does not exist for the client
     */
    record StandIn(Uuid clients, @Nullable Denial denial) {}

    /** The same one for the same id. */
    Uuid of(Uuid clients, @Nullable Denial denial) {
        if (standIns.size() >= MAX_ENTRIES) {
            standIns.clear();
            byClients.clear();
        }
        Uuid id = byClients.computeIfAbsent(clients, any -> Uuid.randomUuid());
        standIns.put(id, new StandIn(clients, denial));
        return id;
    }

    /** What an id stands for; null when it is none of these. */
    @Nullable
    StandIn find(Uuid id) {
        return standIns.isEmpty() ? null : standIns.get(id);
    }

    boolean isEmpty() {
        return standIns.isEmpty();
    }

    /** No more of an id of the client's. */
    void forget(Uuid clients) {
        Uuid id = byClients.remove(clients);
        if (id != null) {
            standIns.remove(id);
        }
    }
}
