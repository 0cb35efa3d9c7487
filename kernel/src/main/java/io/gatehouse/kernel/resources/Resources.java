/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceStore;
import io.gatehouse.spi.resources.ResourceStore.Content;
import io.gatehouse.spi.resources.ResourceStore.Document;
import io.gatehouse.spi.resources.ResourceView;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources of a store as validated, immutable snapshots. After every change of the store or of the registered kinds a new snapshot
 * replaces the last one. An invalid resource keeps its last valid version in force, and is absent if there was none; problems are listed
 * and logged once.
 *
 * <p>Thread-safe. Reads are lock-free; watchers are called one at a time on a thread of their own.
 */
public final class Resources implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Resources.class);

    private final ResourceStore store;
    private References references;
    private final ExecutorService notifier = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "resources");
        thread.setDaemon(true);
        // A store's thread may be the first to have news: this one must not keep its plugin's class loader.
        thread.setContextClassLoader(Resources.class.getClassLoader());
        return thread;
    });
    private final List<Watch<?>> watches = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();

    // Weak, so that a plugin generation that has let its views go can be unloaded.
    private final List<WeakReference<KindView<?>>> views = new ArrayList<>();
    private Map<String, ResourceKind<?>> kinds = withKernelKinds(List.of());
    private Content content = new Content(List.of(), List.of());
    private boolean everythingSeen;
    private boolean groupsFromElsewhere = true;

    private volatile Snapshot snapshot = Snapshot.EMPTY;

    private record Watch<S extends Record>(KindView<S> view, Consumer<String> listener) {}

    /** Creates resources over a store without opening it; closing closes the store. */
    public Resources(ResourceStore store, References references) {
        this.store = store;
        this.references = references;
    }

    /**
     * Opens the store; afterwards its content is there.
     *
     * @throws java.io.UncheckedIOException when the store cannot be read
     */
    public void open() {
        store.open(this::contentChanged);
    }

    /**
     * Sets the kinds that plugins bring, and validates all resources again; afterwards views show the outcome. Views of a kind's earlier
     * spec class keep what they showed last.
     *
     * @throws IllegalArgumentException when two are of one name, or one has the name of a kernel's kind; nothing changes then
     */
    public void kinds(Collection<ResourceKind<?>> pluginKinds) {
        Map<String, ResourceKind<?>> changed = withKernelKinds(pluginKinds);
        synchronized (lock) {
            kinds = changed;
            rebuild();
        }
    }

    private static Map<String, ResourceKind<?>> withKernelKinds(Collection<ResourceKind<?>> pluginKinds) {
        Map<String, ResourceKind<?>> all = new HashMap<>();
        KernelKinds.ALL.forEach(kind -> all.put(kind.kind(), kind));
        for (ResourceKind<?> kind : pluginKinds) {
            ResourceKind<?> other = all.putIfAbsent(kind.kind(), kind);
            if (other != null) {
                throw new IllegalArgumentException("kind " + kind.kind() + " of "
                        + kind.getClass().getName() + " (expected: a name of its own, as "
                        + other.getClass().getName() + " has it)");
            }
        }
        return Map.copyOf(all);
    }

    /** What would be wrong if these were what resources may refer to, and is not now; nothing changes. */
    public List<ResourceProblem> problemsWith(References wanted) {
        synchronized (lock) {
            return new SnapshotBuilder(kinds, wanted, groupsFromElsewhere, snapshot)
                    .build(content, everythingSeen).problems().stream()
                            .filter(problem -> !snapshot.problems().contains(problem))
                            .toList();
        }
    }

    /** The bootstrap file offers something else. */
    public void references(References changed) {
        synchronized (lock) {
            references = changed;
            rebuild();
        }
    }

    /** Whether users may be in groups that no resource names. */
    public void groupsFromElsewhere(boolean possible) {
        synchronized (lock) {
            if (groupsFromElsewhere != possible) {
                groupsFromElsewhere = possible;
                rebuild();
            }
        }
    }

    /** The resources of a kind. A view of a kind that is not registered is empty until it is. */
    public <S extends Record> ResourceView<S> view(ResourceKind<S> kind) {
        KindView<S> view = new KindView<>(kind.kind(), kind.specType(), this::watch);
        synchronized (lock) {
            views.removeIf(reference -> reference.get() == null);
            views.add(new WeakReference<>(view));
            if (serves(view)) {
                view.update(snapshot.ofKind(view.kind()));
            }
        }
        return view;
    }

    /** What is wrong at the moment. */
    public List<ResourceProblem> problems() {
        return snapshot.problems();
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** Content, kinds, references and snapshot that belong together. */
    State state() {
        synchronized (lock) {
            return new State(content, kinds, references, groupsFromElsewhere, snapshot);
        }
    }

    /** What would be if this were the content; nothing changes. */
    Snapshot candidate(State state, List<Document> documents) {
        Content changed = new Content(documents, state.content().problems());
        return new SnapshotBuilder(state.kinds(), state.references(), state.groupsFromElsewhere(), state.snapshot())
                .build(changed, true);
    }

    ResourceStore store() {
        return store;
    }

    /**
     * One moment's state. Immutable.
     *
     * @param kinds by name
     */
    record State(
            Content content,
            Map<String, ResourceKind<?>> kinds,
            References references,
            boolean groupsFromElsewhere,
            Snapshot snapshot) {}

    private <S extends Record> AutoCloseable watch(KindView<S> view, Consumer<String> listener) {
        Watch<S> watch = new Watch<>(view, listener);
        watches.add(watch);
        return () -> watches.removeIf(candidate -> candidate == watch);
    }

    private void contentChanged(Content changed) {
        synchronized (lock) {
            content = changed;
            everythingSeen = everythingSeen || changed.problems().isEmpty();
            rebuild();
        }
    }

    private void rebuild() {
        Snapshot before = snapshot;
        snapshot = new SnapshotBuilder(kinds, references, groupsFromElsewhere, before).build(content, everythingSeen);
        log(before.problems(), snapshot.problems());
        for (WeakReference<KindView<?>> reference : views) {
            KindView<?> view = reference.get();
            if (view != null && serves(view)) {
                notifyWatches(view, view.update(snapshot.ofKind(view.kind())));
            }
        }
    }

    private boolean serves(KindView<?> view) {
        ResourceKind<?> kind = kinds.get(view.kind());
        return kind != null && kind.specType() == view.specType();
    }

    private static void log(List<ResourceProblem> before, List<ResourceProblem> now) {
        now.stream().filter(problem -> !before.contains(problem)).forEach(problem -> LOG.warn("{}", problem));
        before.stream()
                .filter(problem -> !now.contains(problem))
                .forEach(problem -> LOG.info("No longer: {}", problem));
    }

    private void notifyWatches(KindView<?> view, Set<String> names) {
        List<Watch<?>> concerned =
                watches.stream().filter(watch -> watch.view() == view).toList();
        if (names.isEmpty() || concerned.isEmpty()) {
            return;
        }
        try {
            notifier.execute(() -> concerned.forEach(watch -> names.forEach(name -> call(watch, name))));
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed: nobody is told of {} {}", view.kind(), names);
        }
    }

    private void call(Watch<?> watch, String name) {
        if (watches.stream().noneMatch(candidate -> candidate == watch)) {
            return;
        }
        try {
            watch.listener().accept(name);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("A listener for {} failed at {}", watch.view().kind(), name, e);
        }
    }

    @Override
    public void close() {
        store.close();
        notifier.shutdown();
    }
}
