/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.resources.Snapshot.Held;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceView;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A view that {@link Resources} keeps up to date for as long as its kind has this spec class. Reads are lock-free. */
final class KindView<S extends Record> implements ResourceView<S> {

    private final String kind;
    private final Class<S> specType;
    private final Watcher watcher;
    private volatile SortedMap<String, Resource<S>> current = Collections.emptySortedMap();

    /** Registers a watch. */
    @FunctionalInterface
    interface Watcher {
        AutoCloseable watch(KindView<?> view, Consumer<String> listener);
    }

    KindView(String kind, Class<S> specType, Watcher watcher) {
        this.kind = kind;
        this.specType = specType;
        this.watcher = watcher;
    }

    String kind() {
        return kind;
    }

    Class<S> specType() {
        return specType;
    }

    /** Replaces what is shown; the names of what was added, changed or removed. */
    Set<String> update(Map<String, Held> resources) {
        SortedMap<String, Resource<S>> changed = new TreeMap<>();
        resources.forEach((name, held) -> changed.put(
                name,
                new Resource<>(
                        name,
                        held.resource().version(),
                        specType.cast(held.resource().spec()))));
        SortedMap<String, Resource<S>> before = current;
        current = Collections.unmodifiableSortedMap(changed);
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(changed.keySet());
        names.removeIf(name -> Objects.equals(before.get(name), changed.get(name)));
        return names;
    }

    @Override
    public Optional<Resource<S>> get(String name) {
        return Optional.ofNullable(current.get(name));
    }

    @Override
    public Collection<Resource<S>> list() {
        return current.values();
    }

    @Override
    public AutoCloseable watch(Consumer<String> listener) {
        return watcher.watch(this, listener);
    }
}
