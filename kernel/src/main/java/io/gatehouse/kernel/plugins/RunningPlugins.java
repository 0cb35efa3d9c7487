/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which generation of which plugin runs: brings that in line with what lies in the inbox. Used by one thread at a time. */
final class RunningPlugins {

    private static final Logger log = LoggerFactory.getLogger(RunningPlugins.class);

    private final PluginInbox inbox;
    private final GenerationLoader loader;
    private final Map<ExtensionType<?>, Set<String>> reserved;
    private final Map<String, PluginGeneration> running = new TreeMap<>();
    /** Which file each running plugin comes from; it may have been renamed since it was loaded. */
    private final Map<String, String> files = new HashMap<>();

    /** @param reserved names of extensions that the gateway has itself */
    RunningPlugins(PluginInbox inbox, GenerationLoader loader, Map<ExtensionType<?>, Set<String>> reserved) {
        this.inbox = inbox;
        this.loader = loader;
        this.reserved = reserved;
    }

    /** A jar that is not in use, and why. */
    record Refusal(PluginInbox.Entry entry, PluginRejectedException reason) {}

    Collection<PluginGeneration> generations() {
        return List.copyOf(running.values());
    }

    /** The files of the running plugins, by id. */
    Map<String, String> files() {
        return Map.copyOf(files);
    }

    /** Forgets all, without ending any. */
    void clear() {
        running.clear();
        files.clear();
    }

    /** Starts what is new, forgets what has gone; returns what is refused. */
    List<Refusal> reconcile() {
        Map<String, List<PluginInbox.Entry>> byId = new TreeMap<>();
        for (PluginInbox.Entry entry : inbox.entries()) {
            if (entry.manifest() != null) {
                byId.computeIfAbsent(entry.manifest().id(), id -> new ArrayList<>())
                        .add(entry);
            }
        }
        running.values().removeIf(generation -> !byId.containsKey(generation.id()) && isGone(generation));
        files.keySet().retainAll(running.keySet());

        List<Refusal> refused = new ArrayList<>();
        for (PluginInbox.Entry entry : inbox.entries()) {
            try {
                bringUp(entry, byId);
            } catch (PluginRejectedException e) {
                refused.add(new Refusal(entry, e));
            }
        }
        return refused;
    }

    /** A plugin has gone when its file has, or is another plugin's now; a refused new version of it changes nothing. */
    private boolean isGone(PluginGeneration generation) {
        String file = files.get(generation.id());
        for (PluginInbox.Entry entry : inbox.entries()) {
            if (entry.file().equals(file)) {
                return entry.manifest() != null;
            }
        }
        return true;
    }

    private void bringUp(PluginInbox.Entry entry, Map<String, List<PluginInbox.Entry>> byId)
            throws PluginRejectedException {
        PluginManifest manifest = entry.manifest();
        StagedJar jar = entry.jar();
        if (manifest == null || jar == null) {
            throw entry.refusal();
        }
        PluginGeneration current = running.get(manifest.id());
        boolean runs = current != null && current.hash().equals(jar.hash());
        List<PluginInbox.Entry> sameId = byId.getOrDefault(manifest.id(), List.of());
        if (sameId.size() > 1 && !(runs && entry.file().equals(files.get(manifest.id())))) {
            throw new PluginRejectedException(
                    RejectionCode.DUPLICATE_ID,
                    "Plugin-Id: " + manifest.id() + " stands in "
                            + sameId.stream().map(PluginInbox.Entry::file).collect(Collectors.joining(" and "))
                            + " (expected: one file per plugin)");
        }
        if (runs) {
            files.put(manifest.id(), entry.file());
            return;
        }
        if (entry.rejection() != null) {
            throw entry.refusal();
        }
        if (current != null && current.version().equals(manifest.version())) {
            throw new PluginRejectedException(
                    RejectionCode.SAME_VERSION_OTHER_BYTES,
                    "Plugin-Version: " + manifest.version() + " of " + manifest.id()
                            + " runs already with other content (expected: a new version for new content)");
        }
        running.put(manifest.id(), load(entry, jar, manifest));
        files.put(manifest.id(), entry.file());
    }

    private PluginGeneration load(PluginInbox.Entry entry, StagedJar jar, PluginManifest manifest)
            throws PluginRejectedException {
        PluginGeneration generation;
        try {
            generation = loader.load(jar, manifest);
        } catch (PluginRejectedException e) {
            inbox.reject(entry.file(), Rejection.of(e));
            throw e;
        }
        try {
            requireFreeNames(generation);
        } catch (PluginRejectedException e) {
            generation.close();
            throw e;
        }
        log.info("Plugin {} from {} has started: {}", generation, entry.file(), generation.extensions());
        return generation;
    }

    private void requireFreeNames(PluginGeneration newcomer) throws PluginRejectedException {
        for (LoadedExtension<?> extension : newcomer.extensions()) {
            if (reserved.getOrDefault(extension.type(), Set.of()).contains(extension.name())) {
                throw new PluginRejectedException(
                        RejectionCode.DUPLICATE_EXTENSION,
                        extension.type() + " \"" + extension.name() + "\" of " + newcomer.id()
                                + " is the gateway's own (expected: another name)");
            }
        }
        for (PluginGeneration other : running.values()) {
            if (other.id().equals(newcomer.id())) {
                continue;
            }
            for (LoadedExtension<?> extension : newcomer.extensions()) {
                if (other.offers(extension.type(), extension.name())) {
                    throw new PluginRejectedException(
                            RejectionCode.DUPLICATE_EXTENSION,
                            extension.type() + " \"" + extension.name() + "\" of " + newcomer.id() + " is offered by "
                                    + other.id() + " already (expected: one name per extension point)");
                }
            }
        }
    }
}
