/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Resources of one kind that a test writes and a plugin reads. Thread-safe; watchers are called on the thread that writes. */
public final class InMemoryResources<S extends Record> implements ResourceView<S> {

    private final ResourceKind<S> kind;
    private final ConcurrentSkipListMap<String, Resource<S>> resources = new ConcurrentSkipListMap<>();
    private final List<Consumer<String>> watchers = new CopyOnWriteArrayList<>();
    private final AtomicLong versions = new AtomicLong();

    /** @param kind its {@code validate} is asked about everything that is put */
    public InMemoryResources(ResourceKind<S> kind) {
        this.kind = kind;
    }

    /**
     * Adds or changes a resource as an operator's file would.
     *
     * @throws IllegalArgumentException with the problems that the kind finds
     */
    public InMemoryResources<S> put(String name, S spec) {
        List<ResourceKind.Problem> problems = kind.validate(name, spec);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(name + ": " + problems);
        }
        resources.put(name, new Resource<>(name, Long.toString(versions.incrementAndGet()), spec));
        watchers.forEach(watcher -> watcher.accept(name));
        return this;
    }

    /** Removes a resource. */
    public void remove(String name) {
        resources.remove(name);
        watchers.forEach(watcher -> watcher.accept(name));
    }

    /** How many watches are open. */
    public int watches() {
        return watchers.size();
    }

    @Override
    public Optional<Resource<S>> get(String name) {
        return Optional.ofNullable(resources.get(name));
    }

    @Override
    public Collection<Resource<S>> list() {
        return List.copyOf(resources.values());
    }

    @Override
    public AutoCloseable watch(Consumer<String> listener) {
        Consumer<String> watcher = listener::accept;
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }
}
