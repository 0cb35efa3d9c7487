/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators why a cluster's coordinators do not say whether groups exist: each cause once, and again while it lasts or after it has
 * come back, not sooner than {@link #SILENT}. Belongs to the cluster's event loop.
 */
final class GroupProblems {

    static final Duration SILENT = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(GroupProblems.class);

    private static final int MAX_CAUSES = 100;

    private final String cluster;
    private final LongSupplier nanoClock;

    /** When each was told, the oldest first. */
    private final Map<String, Long> told = new LinkedHashMap<>();

    GroupProblems(String cluster, LongSupplier nanoClock) {
        this.cluster = cluster;
        this.nanoClock = nanoClock;
    }

    /** @param cause without names of groups: it is the same one for all of them */
    void report(String cause) {
        long now = nanoClock.getAsLong();
        Long last = told.get(cause);
        if (last != null && now - last < SILENT.toNanos()) {
            return;
        }
        told.remove(cause);
        told.put(cause, now);
        if (told.size() > MAX_CAUSES) {
            told.remove(told.keySet().iterator().next());
        }
        log.warn(
                "cluster {}: of some groups it is not known whether they exist: {} (expected: coordinators that answer, and the permission to describe groups)",
                cluster,
                cause);
    }
}
