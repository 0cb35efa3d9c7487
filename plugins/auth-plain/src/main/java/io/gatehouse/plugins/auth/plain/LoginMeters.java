/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters of all authenticators of one name. There may be several: lists of authentication each have one, and a reload makes the next one
 * while the last one still is. A registry keeps the first gauge of a name, so that it has to be about all of them. Thread-safe.
 */
final class LoginMeters {

    private final Map<String, Set<FairQueue>> queues = new ConcurrentHashMap<>();

    /** The one counter of that name. */
    Counter slowHashes(String name, MeterRegistry meters) {
        return Counter.builder("gatehouse.auth.plain.slow.hashes")
                .description("Passwords that were checked against a slow hash")
                .tag("authentication", name)
                .register(meters);
    }

    /** Counts what waits in a queue, too, from now on. */
    void add(String name, FairQueue queue, MeterRegistry meters) {
        queues.computeIfAbsent(name, first -> shown(first, meters)).add(queue);
    }

    private static Set<FairQueue> shown(String name, MeterRegistry meters) {
        Set<FairQueue> all = ConcurrentHashMap.newKeySet();
        Gauge.builder("gatehouse.auth.plain.waiting", all, LoginMeters::waiting)
                .description("Logins that wait for their turn")
                .tag("authentication", name)
                .register(meters);
        return all;
    }

    /** Its authenticator has ended. */
    void remove(String name, FairQueue queue) {
        queues.getOrDefault(name, Set.of()).removeIf(each -> each == queue);
    }

    private static int waiting(Set<FairQueue> queues) {
        return queues.stream().mapToInt(FairQueue::waiting).sum();
    }
}
