/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once of each name that it is additional and the namespace's own as well, and how many there are. What nobody has asked for in a while
 * may be over, and is said once more if it is not. Thread-safe.
 */
final class ConflictReports {

    private static final Logger log = LoggerFactory.getLogger(ConflictReports.class);

    static final Duration COUNTED = Duration.ofHours(1);

    private final String prefix;
    private final LongSupplier nanoClock;

    /** When it was last so. */
    private final ConcurrentHashMap<Conflict, Long> known = new ConcurrentHashMap<>();

    private record Conflict(String what, String name) {}

    ConflictReports(String prefix, LongSupplier nanoClock) {
        this.prefix = prefix;
        this.nanoClock = nanoClock;
    }

    /** How many there are now, of those that are warned of. */
    int count() {
        long now = nanoClock.getAsLong();
        known.values().removeIf(seen -> now - seen >= COUNTED.toNanos());
        return known.size();
    }

    /**
     * What is known of an additional name.
     *
     * @param what "topic" or "group"
     */
    void report(String what, String name, NameList additional, boolean isOwn) {
        Conflict conflict = new Conflict(what, name);
        if (!isOwn) {
            known.remove(conflict);
            return;
        }
        boolean warned = additional
                .find(name)
                .filter(entry -> entry.conflict() == NamespaceConfig.Conflict.WARN)
                .isPresent();
        if (warned && known.put(conflict, nanoClock.getAsLong()) == null) {
            log.warn(
                    "{} {} is additional in the namespace with the prefix {}, which has one of its own: {}{} (expected: one of them; the namespace's own is used)",
                    what,
                    name,
                    prefix,
                    prefix,
                    name);
        }
    }
}
