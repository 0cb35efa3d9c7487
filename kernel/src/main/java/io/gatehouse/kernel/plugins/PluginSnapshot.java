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
import java.util.Optional;
import java.util.TreeMap;
import org.pf4j.ExtensionPoint;

/** What the plugins offer at one moment. Immutable; a change of plugins publishes another one. */
public final class PluginSnapshot {

    static final PluginSnapshot EMPTY = new PluginSnapshot(List.of(), List.of());

    private final Map<ExtensionType<?>, Map<String, LoadedExtension<?>>> extensions;
    private final Map<String, PluginGeneration> generations;
    private final List<PluginStatus> plugins;

    PluginSnapshot(Collection<PluginGeneration> generations, List<PluginStatus> plugins) {
        this.extensions = new HashMap<>();
        this.generations = new TreeMap<>();
        this.plugins = List.copyOf(plugins);
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
        return plugins;
    }
}
