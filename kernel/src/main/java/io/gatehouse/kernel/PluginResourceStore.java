/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.Hosted;
import io.gatehouse.kernel.plugins.LoadedExtension;
import io.gatehouse.kernel.plugins.PluginGeneration;
import io.gatehouse.kernel.plugins.PluginGuard;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Reason;
import io.gatehouse.spi.resources.ResourceStore;
import io.gatehouse.spi.resources.ResourceStoreFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resource store that a plugin offers. When the plugin is replaced the new one's store is opened, then the old one is closed; while the
 * plugin is away what was read last counts, and nothing can be changed. Thread-safe.
 */
final class PluginResourceStore implements ResourceStore {

    private static final Logger log = LoggerFactory.getLogger(PluginResourceStore.class);

    private final String name;
    private final Map<String, Object> config;
    private final Binder binder;
    private final Supplier<PluginSnapshot> plugins;
    private final Object opening = new Object();
    private @Nullable Consumer<Content> listener;
    private volatile @Nullable Hosted<ResourceStore> current;
    private volatile @Nullable LoadedExtension<?> extension;
    private volatile boolean closed;

    PluginResourceStore(String name, Map<String, Object> config, Binder binder, Supplier<PluginSnapshot> plugins) {
        this.name = name;
        this.config = config;
        this.binder = binder;
        this.plugins = plugins;
    }

    /** What is wrong with the configuration, without opening anything. */
    List<Problem> check() {
        Optional<LoadedExtension<ResourceStoreFactory<?>>> found = find();
        if (found.isEmpty()) {
            return List.of(new Problem("resources.store", missing()));
        }
        return binder.bind(config, found.get().extension().configType(), "resources.config")
                .problems();
    }

    private Optional<LoadedExtension<ResourceStoreFactory<?>>> find() {
        return plugins.get().find(ExtensionType.RESOURCE_STORE, name);
    }

    private String missing() {
        return name + " (expected: file, or one that a loaded plugin offers)";
    }

    @Override
    public void open(Consumer<Content> changed) {
        synchronized (opening) {
            listener = changed;
            LoadedExtension<ResourceStoreFactory<?>> found = find().orElseThrow(
                            () -> new UncheckedIOException(new IOException("resources.store: " + missing())));
            open(found);
        }
    }

    private void open(LoadedExtension<ResourceStoreFactory<?>> found) {
        PluginGeneration generation = found.generation();
        if (!generation.acquire()) {
            throw new UncheckedIOException(new IOException("plugin " + generation + " is being replaced"));
        }
        String what = "resource store " + name;
        Hosted<ResourceStore> opened;
        try {
            opened = new Hosted<>(
                    generation.guard().make(what, () -> create(found.extension(), generation)), generation, what);
        } catch (RuntimeException | Error e) {
            generation.release();
            throw e;
        }
        ClassLoader before = generation.guard().enter();
        try {
            opened.value().open(this::contentChanged);
        } catch (RuntimeException | Error e) {
            opened.release();
            throw e;
        } finally {
            PluginGuard.exit(before);
        }
        Hosted<ResourceStore> old = current;
        current = opened;
        extension = found;
        if (old != null) {
            old.release();
        }
    }

    private <C extends Record> ResourceStore create(ResourceStoreFactory<C> factory, PluginGeneration generation) {
        C bound = binder.bind(config, factory.configType(), "resources.config").orElseThrow("the configuration");
        return factory.create(bound, generation.context());
    }

    private void contentChanged(Content content) {
        Consumer<Content> told = listener;
        if (told != null && !closed) {
            told.accept(content);
        }
    }

    /** Plugins have changed. Does not wait for a store to open. */
    void update() {
        LoadedExtension<?> before = extension;
        if (before == null || closed) {
            return;
        }
        find().filter(now -> now != before).ifPresent(now -> {
            Thread opener = new Thread(() -> replace(now), "resources-open");
            opener.setDaemon(true);
            opener.start();
        });
    }

    private void replace(LoadedExtension<ResourceStoreFactory<?>> now) {
        synchronized (opening) {
            if (closed || extension == now) {
                return;
            }
            try {
                open(now);
            } catch (RuntimeException | LinkageError e) {
                log.error(
                        "The resource store of plugin {} cannot be opened; the one before stays", now.generation(), e);
            }
        }
    }

    @Override
    public Optional<String> readOnly() {
        return using(ResourceStore::readOnly);
    }

    @Override
    public void write(List<Write> changes) {
        using(store -> {
            store.write(changes);
            return changes;
        });
    }

    /** What is called of a store. */
    private interface Call<R> {
        R on(ResourceStore store);
    }

    private <R> R using(Call<R> call) {
        Hosted<ResourceStore> hosted = current;
        if (hosted == null || !hosted.acquire()) {
            throw new ResourceException(Reason.UNAVAILABLE, "the resource store " + name + " is not open");
        }
        ClassLoader before = hosted.guard().enter();
        try {
            return call.on(hosted.value());
        } finally {
            PluginGuard.exit(before);
            hosted.release();
        }
    }

    /** Lets the plugin go; may be called again. */
    @Override
    public void close() {
        closed = true;
        Hosted<ResourceStore> last = current;
        current = null;
        if (last != null) {
            last.release();
        }
    }
}
