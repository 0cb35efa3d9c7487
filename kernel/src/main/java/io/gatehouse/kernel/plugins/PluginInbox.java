/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies in the plugins folder: every jar that has stopped growing, staged and validated once per change. Used by one thread at a time.
 */
final class PluginInbox {

    private static final Logger log = LoggerFactory.getLogger(PluginInbox.class);

    /** More at once would need more memory than they save time. */
    private static final int INSPECTORS = 4;

    private final PluginFolder folder;
    private final Staging staging;
    private final PluginValidator validator;

    private final Map<String, Entry> entries = new TreeMap<>();
    private final long settleNanos;
    private Map<String, Seen> lastSeen = Map.of();
    private boolean listable = true;

    /** @param settle how long a file must stay as it is before it counts; two looks are needed however far apart */
    PluginInbox(PluginFolder folder, Staging staging, PluginValidator validator, Duration settle) {
        this.folder = folder;
        this.staging = staging;
        this.validator = validator;
        this.settleNanos = settle.toNanos();
    }

    /**
     * How a file looked, and since when.
     *
     * @param stamp null for a file that is missing: a plugin that is deleted and copied anew is replaced without a gap
     */
    private record Seen(PluginFolder.@Nullable Stamp stamp, long nanos) {}

    /**
     * One jar as it was when it was last read.
     *
     * @param jar its copy; null when it could not or must not be read
     * @param manifest null when it is refused without having been loaded
     * @param rejection null when nothing is wrong with the file itself
     */
    record Entry(
            String file,
            PluginFolder.Stamp stamp,
            @Nullable StagedJar jar,
            @Nullable PluginManifest manifest,
            @Nullable Rejection rejection) {

        @Nullable
        String hash() {
            return jar == null ? null : jar.hash();
        }

        PluginRejectedException refusal() {
            if (rejection == null) {
                throw new IllegalStateException(file + " is not refused");
            }
            return new PluginRejectedException(rejection.code(), rejection.message());
        }

        Entry rejected(Rejection why) {
            return new Entry(file, stamp, jar, manifest, why);
        }
    }

    Collection<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** Remembers that loading failed, so that it is tried again only when the file changes. */
    void reject(String file, Rejection why) {
        entries.computeIfPresent(file, (name, entry) -> entry.rejected(why));
    }

    /**
     * Looks at the folder.
     *
     * @param settled whether a file counts, or is gone, at once; else only when it was the same, or missing, the last time
     * @return whether any entry came, changed or went
     */
    boolean refresh(boolean settled) {
        Map<String, PluginFolder.Stamp> seen;
        try {
            seen = folder.list();
        } catch (IOException e) {
            // Not the same as an empty folder: a mount that is away for a moment must not take every plugin down.
            if (listable) {
                log.error("Plugins folder cannot be listed, so the plugins stay as they are: {}", e.toString());
            }
            listable = false;
            return false;
        }
        listable = true;
        Set<String> names = new TreeSet<>(entries.keySet());
        names.addAll(seen.keySet());
        Map<String, Seen> now = new HashMap<>();
        List<String> come = new ArrayList<>();
        boolean changed = false;
        for (String name : names) {
            Seen before = lastSeen.get(name);
            boolean same = before != null && Objects.equals(before.stamp(), seen.get(name));
            Seen first = same ? before : new Seen(seen.get(name), System.nanoTime());
            now.put(name, first);
            boolean stays = same && System.nanoTime() - first.nanos() >= settleNanos;
            if (!settled && !stays) {
                continue;
            }
            if (!seen.containsKey(name)) {
                changed |= entries.remove(name) != null;
            } else if (!isKnown(name, seen.get(name))) {
                come.add(name);
            }
        }
        lastSeen = now;
        inspectAll(come, seen);
        return changed || !come.isEmpty();
    }

    private boolean isKnown(String file, PluginFolder.Stamp stamp) {
        Entry known = entries.get(file);
        return known != null && known.stamp().equals(stamp);
    }

    /** Several at once, which at a start are all of them: hashing their content is a good part of it, and reading it through most. */
    private void inspectAll(List<String> files, Map<String, PluginFolder.Stamp> stamps) {
        int threads =
                Math.min(files.size(), Math.min(INSPECTORS, Runtime.getRuntime().availableProcessors()));
        if (threads <= 1) {
            files.forEach(file -> entries.put(file, inspect(file, stamps.get(file), entries.get(file))));
            return;
        }
        ExecutorService inspectors =
                Executors.newFixedThreadPool(threads, task -> new Thread(task, "plugins-inspection"));
        try {
            Map<String, Future<Entry>> inspected = new TreeMap<>();
            for (String file : files) {
                Entry known = entries.get(file);
                inspected.put(file, inspectors.submit(() -> inspect(file, stamps.get(file), known)));
            }
            for (Map.Entry<String, Future<Entry>> one : inspected.entrySet()) {
                entries.put(one.getKey(), one.getValue().get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while plugins are looked at", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a plugin cannot be looked at", e.getCause());
        } finally {
            inspectors.shutdownNow();
        }
    }

    private Entry inspect(String file, PluginFolder.Stamp stamp, @Nullable Entry known) {
        if (stamp.insecure() != null) {
            return new Entry(file, stamp, null, null, stamp.insecure());
        }
        StagedJar jar;
        try {
            jar = staging.stage(folder.resolve(file));
        } catch (IOException e) {
            return new Entry(
                    file, stamp, null, null, new Rejection(RejectionCode.UNREADABLE, "cannot be copied: " + e));
        }
        if (known != null && jar.hash().equals(known.hash())) {
            return new Entry(file, stamp, jar, known.manifest(), known.rejection());
        }
        try {
            return new Entry(file, stamp, jar, validator.validate(jar), null);
        } catch (PluginRejectedException e) {
            return new Entry(file, stamp, jar, null, Rejection.of(e));
        }
    }
}
