/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generations that were replaced and are still held. One that is held for too long, or the oldest of too many of one plugin, is
 * overdue: whoever holds it is told to let it go, and a moment later it ends whatever is held. Thread-safe.
 */
final class Draining {

    private static final Logger log = LoggerFactory.getLogger(Draining.class);

    /** Of one plugin: somebody who replaces a jar every minute must not fill the memory with generations. */
    static final int MAX_PER_PLUGIN = 8;

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Duration deadline;
    private final Executor closer;
    private final List<Consumer<PluginGeneration>> listeners = new CopyOnWriteArrayList<>();

    /** In the order in which they were retired. */
    private final Map<PluginGeneration, Entry> entries = new LinkedHashMap<>();

    private static final class Entry {
        private final String file;
        private final Instant since = Instant.now();
        private final long retiredNanos = System.nanoTime();
        private long overdueNanos;
        private boolean overdue;
        private boolean ending;

        private Entry(String file) {
            this.file = file;
        }
    }

    /** @param closer where generations are ended */
    Draining(Duration deadline, Executor closer) {
        this.deadline = deadline;
        this.closer = closer;
    }

    void onOverdue(Consumer<PluginGeneration> listener) {
        listeners.add(listener);
    }

    /** Before the generation is retired: it may end at once. */
    synchronized void add(PluginGeneration generation, String file) {
        entries.put(generation, new Entry(file));
    }

    synchronized void ended(PluginGeneration generation) {
        entries.remove(generation);
    }

    synchronized List<PluginStatus> statuses() {
        List<PluginStatus> statuses = new ArrayList<>();
        entries.forEach((generation, entry) ->
                statuses.add(PluginStatus.of(generation, entry.file, PluginStatus.State.DRAINING, entry.since)));
        return statuses;
    }

    /** Tells of those that are overdue, and ends those that were told of. */
    void enforce() {
        List<PluginGeneration> overdue = new ArrayList<>();
        synchronized (this) {
            long now = System.nanoTime();
            Map<String, Integer> younger = new HashMap<>();
            List<PluginGeneration> newestFirst = new ArrayList<>(entries.keySet());
            Collections.reverse(newestFirst);
            for (PluginGeneration generation : newestFirst) {
                Entry entry = entries.get(generation);
                boolean tooMany = younger.merge(generation.id(), 1, Integer::sum) > MAX_PER_PLUGIN;
                if (!entry.overdue && (tooMany || now - entry.retiredNanos >= deadline.toNanos())) {
                    entry.overdue = true;
                    entry.overdueNanos = now;
                    overdue.add(generation);
                } else if (entry.overdue && !entry.ending && now - entry.overdueNanos >= GRACE.toNanos()) {
                    entry.ending = true;
                    log.warn(
                            "Plugin {} is ended although it is held still: {} leases", generation, generation.leases());
                    closer.execute(generation::close);
                }
            }
        }
        overdue.forEach(this::tell);
    }

    private void tell(PluginGeneration generation) {
        log.warn(
                "Plugin {} was replaced and is held still: {} leases (expected: none after {}, and at most {} generations)",
                generation,
                generation.leases(),
                deadline,
                MAX_PER_PLUGIN);
        for (Consumer<PluginGeneration> listener : listeners) {
            try {
                listener.accept(generation);
            } catch (RuntimeException e) {
                log.error("A listener to overdue generations failed", e);
            }
        }
    }
}
