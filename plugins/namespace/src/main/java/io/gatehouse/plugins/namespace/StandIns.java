/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Ids that no topic has, in place of those that a client must not name: the broker then answers for them as for what is not there. Of one
 * request, with those that its session has kept from others. Grows while its request is renamed, and not afterwards.
 */
final class StandIns {

    /** The rule. */
    static final StandIns NONE = new StandIns(Map.of(), Map.of());

    private final Map<Uuid, StandIn> standIns;
    private final Map<Uuid, Uuid> byClients;

    /**
     * What stands for another id.
     *
     * @param clients the id that the client said
     * @param denial null when the topic does not exist for the client
     */
    record StandIn(Uuid clients, @Nullable Denial denial) {}

    private StandIns(Map<Uuid, StandIn> standIns, Map<Uuid, Uuid> byClients) {
        this.standIns = standIns;
        this.byClients = byClients;
    }

    /** The same ones, to which more can be added. */
    StandIns copy() {
        return new StandIns(new HashMap<>(standIns), new HashMap<>(byClients));
    }

    Uuid add(Uuid clients, @Nullable Denial denial) {
        Uuid id = Uuid.randomUuid();
        byClients.put(clients, id);
        standIns.put(id, new StandIn(clients, denial));
        return id;
    }

    /** What stands for an id of the client's; null when nothing does. */
    @Nullable
    Uuid of(Uuid clients) {
        return byClients.isEmpty() ? null : byClients.get(clients);
    }

    /** What an id stands for; null when it is none of these. */
    @Nullable
    StandIn find(Uuid id) {
        return standIns.isEmpty() ? null : standIns.get(id);
    }

    /** The ids that others stand for. */
    Collection<Uuid> clients() {
        return Collections.unmodifiableSet(byClients.keySet());
    }

    boolean isEmpty() {
        return standIns.isEmpty();
    }

    int size() {
        return standIns.size();
    }
}
