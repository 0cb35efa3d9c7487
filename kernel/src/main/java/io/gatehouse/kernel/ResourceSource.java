/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.LoadedConfig;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.kernel.resources.FileResourceStore;
import io.gatehouse.kernel.resources.FileStoreConfig;
import io.gatehouse.kernel.resources.References;
import io.gatehouse.kernel.resources.ResourceProblem;
import io.gatehouse.kernel.resources.Resources;
import io.gatehouse.spi.resources.ResourceStore;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the resources come from, a folder or what a plugin offers, and what has to be right with them before anybody is let in.
 * {@link #resources} may be used from any thread; the rest belongs to start and stop.
 */
final class ResourceSource implements AutoCloseable {

    /** The store that needs no plugin. */
    static final String FILE = "file";

    private static final Logger log = LoggerFactory.getLogger(ResourceSource.class);

    private final @Nullable PluginResourceStore pluginStore;
    private final Resources resources;
    private volatile Optional<String> whyNone = Optional.empty();

    /** Reads nothing yet. */
    ResourceSource(LoadedConfig loaded, Path home, Supplier<PluginSnapshot> plugins) {
        String wanted = loaded.config().resources().store();
        pluginStore = wanted.equals(FILE)
                ? null
                : new PluginResourceStore(wanted, loaded.config().resources().config(), loaded.binder(), plugins);
        resources = new Resources(
                pluginStore == null ? fileStore(loaded, home) : pluginStore, References.of(loaded.config()));
    }

    private static ResourceStore fileStore(LoadedConfig loaded, Path home) {
        FileStoreConfig bound = loaded.binder()
                .bind(loaded.config().resources().config(), FileStoreConfig.class, "resources.config")
                .orElseThrow("the configuration");
        return new FileResourceStore(home.resolve(bound.path()), FileResourceStore.POLL_INTERVAL);
    }

    Resources resources() {
        return resources;
    }

    /** A folder is there or the start fails; a plugin's store may be far away, and comes when it comes: till then nobody is let in. */
    void read() {
        if (pluginStore == null) {
            resources.open();
            return;
        }
        List<Problem> problems = pluginStore.check();
        if (!problems.isEmpty()) {
            throw new ConfigException("the configuration", problems);
        }
        while (true) {
            try {
                resources.open();
                whyNone = Optional.empty();
                return;
            } catch (UncheckedIOException e) {
                String sentence = String.valueOf(e.getMessage());
                if (whyNone.isEmpty()) {
                    log.error("Resources cannot be read yet; the gateway waits: {}", sentence);
                }
                whyNone = Optional.of(sentence);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for resources", e);
        }
    }

    /** Why there are none yet; empty when there are. From any thread. */
    Optional<String> whyNone() {
        return whyNone;
    }

    /**
     * While running, an invalid resource keeps its last valid version; at start there is none, and a policy that is left out would open
     * what it is there to close.
     *
     * @throws ConfigException with what cannot be read
     */
    void requireReadable() {
        List<Problem> problems = resources.problems().stream()
                .filter(problem -> problem.effect() == ResourceProblem.Effect.ABSENT
                        || (problem.origin().isEmpty() && problem.kind().isEmpty()))
                .map(problem -> new Problem("", problem.toString()))
                .toList();
        if (!problems.isEmpty()) {
            throw new ConfigException("the resources folder", problems);
        }
    }

    /** For a check beside a gateway that may run: reads a folder; of a plugin's store only the configuration. */
    List<Problem> check() {
        if (pluginStore != null) {
            return pluginStore.check();
        }
        resources.open();
        return List.of();
    }

    /** What plugins offer is another now. */
    void pluginsChanged() {
        if (pluginStore != null) {
            pluginStore.update();
        }
    }

    /** Lets the plugin go; what was read last stays. */
    @Override
    public void close() {
        if (pluginStore != null) {
            pluginStore.close();
        }
    }
}
