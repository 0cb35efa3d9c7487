/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pf4j.ExtensionPoint;

/** What the plugins offer at one moment. Immutable; a change of plugins publishes another one. */
public final class PluginSnapshot {

    static final PluginSnapshot EMPTY = new PluginSnapshot(List.of(), Map.of(), List.of());

    private final Map<ExtensionType<?>, Map<String, LoadedExtension<?>>> extensions;
    private final Map<String, PluginGeneration> generations;
    private final Map<String, String> files;
    private final List<PluginStatus> refused;

    /** @param files where the generations come from, by plugin id */
    PluginSnapshot(Collection<PluginGeneration> generations, Map<String, String> files, List<PluginStatus> refused) {
        this.extensions = new HashMap<>();
        this.generations = new TreeMap<>();
        this.files = Map.copyOf(files);
        this.refused = List.copyOf(refused);
        for (PluginGeneration generation : generations) {
            this.generations.put(generation.id(), generation);
            for (LoadedExtension<?> extension : generation.extensions()) {
                extensions
                        .computeIfAbsent(extension.type(), type -> new TreeMap<>())
                        .put(extension.name(), extension);
            }
        }
    }

    /** The extension of that point and name, if a plugin that runs offers it. */
    @SuppressWarnings("unchecked")
    public <T extends ExtensionPoint> Optional<LoadedExtension<T>> find(ExtensionType<T> type, String name) {
        return Optional.ofNullable(
                (LoadedExtension<T>) extensions.getOrDefault(type, Map.of()).get(name));
    }

    /** All extensions of that point, ordered by name. */
    @SuppressWarnings("unchecked")
    public <T extends ExtensionPoint> List<LoadedExtension<T>> all(ExtensionType<T> type) {
        List<LoadedExtension<T>> found = new ArrayList<>();
        extensions.getOrDefault(type, Map.of()).values().forEach(each -> found.add((LoadedExtension<T>) each));
        return List.copyOf(found);
    }

    /** The generation of a plugin that runs. */
    public Optional<PluginGeneration> generation(String pluginId) {
        return Optional.ofNullable(generations.get(pluginId));
    }

    /** What became of each jar, ordered by file; a plugin that runs on although its file was replaced by a refused one has two. */
    public List<PluginStatus> plugins() {
        List<PluginStatus> plugins = new ArrayList<>(refused);
        for (PluginGeneration generation : generations.values()) {
            String file = files.getOrDefault(generation.id(), generation.file());
            plugins.add(PluginStatus.of(generation, file, PluginStatus.State.STARTED, generation.since()));
        }
        plugins.sort(Comparator.comparing(PluginStatus::file).thenComparing(PluginStatus::state));
        return List.copyOf(plugins);
    }
}
