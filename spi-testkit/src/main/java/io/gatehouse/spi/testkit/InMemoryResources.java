/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceChange;
import io.gatehouse.spi.resources.ResourceEditor;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceOutcome;
import io.gatehouse.spi.resources.ResourceView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Resources of one kind that a test writes and a plugin reads. Thread-safe; watchers are called on the thread that writes. */
public final class InMemoryResources<S extends Record> implements ResourceView<S>, ResourceEditor<S> {

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

    /** Makes the changes as a gateway would, all of them or none, before it returns. */
    @Override
    public CompletionStage<List<ResourceOutcome>> change(List<ResourceChange<S>> changes, String actor) {
        List<String> changed = new ArrayList<>();
        List<ResourceOutcome> outcomes = new ArrayList<>();
        synchronized (this) {
            List<ResourceException.Issue> issues = new ArrayList<>();
            for (ResourceChange<S> change : changes) {
                if (!holds(change)) {
                    return CompletableFuture.failedFuture(new ResourceException(
                            ResourceException.Reason.CONFLICT, change.name() + ": " + change.precondition()));
                }
                if (change instanceof ResourceChange.Put<S> put) {
                    kind.validate(put.name(), put.spec())
                            .forEach(problem -> issues.add(new ResourceException.Issue(
                                    kind.kind(), put.name(), problem.path(), problem.message())));
                }
            }
            if (!issues.isEmpty()) {
                return CompletableFuture.failedFuture(new ResourceException(ResourceException.Reason.INVALID, issues));
            }
            for (ResourceChange<S> change : changes) {
                ResourceOutcome outcome = make(change);
                outcomes.add(outcome);
                if (outcome.result() != ResourceOutcome.Result.UNCHANGED) {
                    changed.add(change.name());
                }
            }
        }
        changed.forEach(name -> watchers.forEach(watcher -> watcher.accept(name)));
        return CompletableFuture.completedFuture(List.copyOf(outcomes));
    }

    private boolean holds(ResourceChange<S> change) {
        Resource<S> now = resources.get(change.name());
        if (change.precondition().absent()) {
            return now == null;
        }
        return change.precondition()
                .version()
                .map(wanted -> now != null && now.version().equals(wanted))
                .orElse(true);
    }

    private ResourceOutcome make(ResourceChange<S> change) {
        Resource<S> before = resources.get(change.name());
        if (change instanceof ResourceChange.Put<S> put) {
            S spec = kind.beforeStoring(
                    put.name(), put.spec(), Optional.ofNullable(before).map(Resource::spec));
            if (before != null && before.spec().equals(spec)) {
                return outcome(change, ResourceOutcome.Result.UNCHANGED, Optional.of(before.version()));
            }
            String version = Long.toString(versions.incrementAndGet());
            resources.put(put.name(), new Resource<>(put.name(), version, spec));
            return outcome(
                    change,
                    before == null ? ResourceOutcome.Result.CREATED : ResourceOutcome.Result.UPDATED,
                    Optional.of(version));
        }
        resources.remove(change.name());
        return outcome(
                change,
                before == null ? ResourceOutcome.Result.UNCHANGED : ResourceOutcome.Result.DELETED,
                Optional.empty());
    }

    private ResourceOutcome outcome(ResourceChange<S> change, ResourceOutcome.Result result, Optional<String> version) {
        return new ResourceOutcome(kind.kind(), change.name(), result, version, List.of());
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
