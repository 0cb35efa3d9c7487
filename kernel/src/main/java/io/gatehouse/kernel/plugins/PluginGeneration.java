/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.spi.PluginContext;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One jar, loaded, started and dropped as a whole. Two generations of one plugin live side by side during a swap; whoever uses something
 * that an extension made holds a lease, and the generation ends with the last lease after it was retired.
 *
 * <p>Thread-safe. Leases are taken per request, so they cost one compare-and-set and allocate nothing.
 */
public final class PluginGeneration {

    private final PluginManifest manifest;
    private final StagedJar jar;
    private final List<LoadedExtension<?>> extensions;
    private final PluginGuard guard;
    private final HostedPluginContext context;
    private final Consumer<PluginGeneration> end;
    private final Executor closer;
    private final Instant since = Instant.now();
    private final AtomicBoolean retired = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Including the host's own, which it gives back by retiring; 0 is the end, from which there is no return. */
    private final AtomicInteger leases = new AtomicInteger(1);

    /**
     * @param extensions by the generation under construction
     * @param end stops, unloads and cleans up; called once
     * @param closer where {@code end} runs, since the last lease may be given back on an event loop
     */
    PluginGeneration(
            PluginManifest manifest,
            StagedJar jar,
            Function<PluginGeneration, List<LoadedExtension<?>>> extensions,
            PluginGuard guard,
            HostedPluginContext context,
            Consumer<PluginGeneration> end,
            Executor closer) {
        this.manifest = manifest;
        this.jar = jar;
        this.guard = guard;
        this.context = context;
        this.end = end;
        this.closer = closer;
        this.extensions = extensions.apply(this);
    }

    /** {@code Plugin-Id}. */
    public String id() {
        return manifest.id();
    }

    /** {@code Plugin-Version}. */
    public String version() {
        return manifest.version();
    }

    /** The jar's name in the plugins folder when it was loaded. */
    public String file() {
        return jar.file();
    }

    /** SHA-256 of the jar, in hex. */
    public String hash() {
        return jar.hash();
    }

    /** What it offers, in the order of the extension index. */
    public List<LoadedExtension<?>> extensions() {
        return extensions;
    }

    /** What may not work although the jar was not refused, each a sentence. */
    public List<String> warnings() {
        return manifest.warnings();
    }

    /** When it was started. */
    public Instant since() {
        return since;
    }

    /** Through which every call into this plugin goes. */
    public PluginGuard guard() {
        return guard;
    }

    /** The context class loader for calls into this plugin, where they cannot go through {@link #guard()}. */
    public ClassLoader classLoader() {
        return guard.loader();
    }

    /** What the plugin's factories are given. */
    public PluginContext context() {
        return context;
    }

    /** Takes a lease; false when the generation has ended: look it up in the current snapshot again. */
    public boolean acquire() {
        int current = leases.get();
        while (current > 0 && !ended.get()) {
            if (leases.compareAndSet(current, current + 1)) {
                return true;
            }
            current = leases.get();
        }
        return false;
    }

    /** Gives a lease back, on any thread. */
    public void release() {
        int left = leases.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("plugin " + this + ": a lease was given back twice");
        }
        if (left == 0) {
            closer.execute(this::close);
        }
    }

    /** How many leases are held, without the host's own. */
    public int leases() {
        return Math.max(0, leases.get() - (retired.get() ? 0 : 1));
    }

    boolean offers(ExtensionType<?> type, String name) {
        return extensions.stream()
                .anyMatch(each -> each.type() == type && each.name().equals(name));
    }

    void showMeters() {
        context.showMeters();
    }

    void hideMeters() {
        context.hideMeters();
    }

    /** No longer in use for anything new: it ends when the last lease does. */
    void retire() {
        if (retired.compareAndSet(false, true)) {
            release();
        }
    }

    /** Ends it now, whatever leases are held. */
    void close() {
        if (ended.compareAndSet(false, true)) {
            end.accept(this);
        }
    }

    /** Plugin id, version and the beginning of the jar's hash. */
    @Override
    public String toString() {
        return manifest + " " + jar.shortHash();
    }
}
