/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.resources.ResourceEditor;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one generation of a plugin was given, and takes back. Thread-safe. */
final class HostedPluginContext implements PluginContext {

    private static final Logger log = LoggerFactory.getLogger(HostedPluginContext.class);

    /** Tasks and timers that may wait in one pool. */
    static final int QUEUE_CAPACITY = 1_000;

    private static final long THREADS_END_SECONDS = 5;

    private final PluginManifest manifest;
    private final ClassLoader loader;
    private final PluginGuard guard;
    private final MeterRegistry hostMeters;
    private final PluginResources resources;
    private final CompositeMeterRegistry meters = new CompositeMeterRegistry();
    private final Map<String, BoundedScheduler> executors = new HashMap<>();
    private final List<WatchedView<?>> views = new CopyOnWriteArrayList<>();
    private volatile List<LoadedExtension<?>> extensions = List.of();
    private boolean closed;

    HostedPluginContext(
            PluginManifest manifest,
            ClassLoader loader,
            PluginGuard guard,
            MeterRegistry hostMeters,
            PluginResources resources) {
        this.manifest = manifest;
        this.loader = loader;
        this.guard = guard;
        this.hostMeters = hostMeters;
        this.resources = resources;
        meters.config().commonTags("plugin", manifest.id());
    }

    void extensions(List<LoadedExtension<?>> value) {
        extensions = value;
    }

    @Override
    public String pluginId() {
        return manifest.id();
    }

    @Override
    public String pluginVersion() {
        return manifest.version();
    }

    @Override
    public synchronized ScheduledExecutorService executor(String name, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: 1 or more)");
        }
        requireOpen();
        return executors.computeIfAbsent(
                name,
                key -> new BoundedScheduler("plugin-" + manifest.id() + "-" + key, threads, QUEUE_CAPACITY, loader));
    }

    @Override
    public MeterRegistry meters() {
        return meters;
    }

    @Override
    public <S extends Record> ResourceView<S> resources(Class<? extends ResourceKind<S>> kind) {
        return watched(own(kind));
    }

    @Override
    public <S extends Record> ResourceEditor<S> resourceEditor(Class<? extends ResourceKind<S>> kind) {
        return resources.editor(own(kind));
    }

    private <S extends Record> ResourceKind<S> own(Class<? extends ResourceKind<S>> kind) {
        for (LoadedExtension<?> extension : extensions) {
            if (extension.extension().getClass() == kind) {
                return kind.cast(extension.extension());
            }
        }
        throw new IllegalArgumentException("kind: " + kind.getName()
                + " (expected: a resource kind among the extensions of " + manifest.id() + ")");
    }

    private synchronized <S extends Record> ResourceView<S> watched(ResourceKind<S> kind) {
        requireOpen();
        WatchedView<S> view = new WatchedView<>(resources.view(kind), guard);
        views.add(view);
        return view;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("plugin " + manifest + " has ended");
        }
    }

    /**
     * Shows the meters. Only while the generation is the one in use: two generations of a plugin have meters of the same names, of which a
     * registry keeps only one.
     */
    void showMeters() {
        meters.add(hostMeters);
    }

    void hideMeters() {
        meters.clear();
        meters.remove(hostMeters);
    }

    /** Ends everything; waits a few seconds for the threads. */
    void close() {
        List<BoundedScheduler> pools;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            pools = List.copyOf(executors.values());
        }
        views.forEach(WatchedView::close);
        hideMeters();
        meters.close();
        pools.forEach(BoundedScheduler::shutdownNow);
        pools.forEach(this::awaitEnd);
    }

    private void awaitEnd(BoundedScheduler pool) {
        try {
            if (!pool.awaitTermination(THREADS_END_SECONDS, TimeUnit.SECONDS)) {
                log.warn("Plugin {}: a thread of {} goes on although it was interrupted", manifest, pool);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
