/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceView;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A plugin's view on resources whose watches end with its generation, and whose listeners are called under guard. Thread-safe. */
final class WatchedView<S extends Record> implements ResourceView<S> {

    private static final Logger log = LoggerFactory.getLogger(WatchedView.class);

    private final ResourceView<S> view;
    private final PluginGuard guard;
    private final Set<AutoCloseable> watches = new HashSet<>();
    private boolean closed;

    WatchedView(ResourceView<S> view, PluginGuard guard) {
        this.view = view;
        this.guard = guard;
    }

    @Override
    public Optional<Resource<S>> get(String name) {
        return view.get(name);
    }

    @Override
    public Collection<Resource<S>> list() {
        return view.list();
    }

    @Override
    public AutoCloseable watch(Consumer<String> listener) {
        AutoCloseable watch = view.watch(name -> guard.run("resource listener", () -> listener.accept(name)));
        boolean late;
        synchronized (watches) {
            late = closed;
            if (!late) {
                watches.add(watch);
            }
        }
        if (late) {
            end(watch);
            throw new IllegalStateException("the plugin that watches has ended");
        }
        return () -> {
            synchronized (watches) {
                watches.remove(watch);
            }
            watch.close();
        };
    }

    /** Ends what the plugin has not ended. */
    void close() {
        List<AutoCloseable> open;
        synchronized (watches) {
            closed = true;
            open = List.copyOf(watches);
            watches.clear();
        }
        open.forEach(WatchedView::end);
    }

    private static void end(AutoCloseable watch) {
        try {
            watch.close();
        } catch (Exception e) {
            log.warn("A watch on resources cannot be ended", e);
        }
    }
}
