/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once of each name that it is additional and the namespace's own as well, and how many there are. Thread-safe. */
final class ConflictReports {

    private static final Logger log = LoggerFactory.getLogger(ConflictReports.class);

    private final String prefix;
    private final ConcurrentHashMap<Conflict, Boolean> known = new ConcurrentHashMap<>();

    private record Conflict(String what, String name) {}

    ConflictReports(String prefix) {
        this.prefix = prefix;
    }

    /** How many there are now, of those that are warned of. */
    int count() {
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
        if (warned && known.putIfAbsent(conflict, true) == null) {
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
