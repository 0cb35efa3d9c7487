/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.AdministrationEntry;
import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.Paths;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.LoadedExtension;
import io.gatehouse.kernel.plugins.PluginGeneration;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.spi.operations.ManagementFactory;
import io.gatehouse.spi.operations.Operations;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The interfaces for operators that the bootstrap file names, as the plugins serve them that are loaded now. One that cannot be served
 * keeps no client out, so it is a warning of its own and no reason not to be ready. Thread-safe.
 */
final class Administration implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Administration.class);

    private final Operations operations;
    private List<Served> entries;
    private boolean closed;

    /** One entry, and what serves it. */
    private static final class Served {
        private final AdministrationEntry entry;
        private final String path;
        private final Binder binder;
        private @Nullable LoadedExtension<ManagementFactory<?>> extension;
        private @Nullable AutoCloseable served;
        private @Nullable String problem;

        Served(AdministrationEntry entry, String path, Binder binder) {
            this.entry = entry;
            this.path = path;
            this.binder = binder;
        }
    }

    Administration(List<AdministrationEntry> configured, Binder binder, Operations operations) {
        this.operations = operations;
        this.entries = served(configured, binder, List.of());
    }

    /** @param before of which those go on whose entry is the same */
    private static List<Served> served(List<AdministrationEntry> configured, Binder binder, List<Served> before) {
        List<Served> kept = new ArrayList<>(before);
        List<Served> all = new ArrayList<>();
        for (int index = 0; index < configured.size(); index++) {
            AdministrationEntry entry = configured.get(index);
            Served same = kept.stream()
                    .filter(each -> each.entry.equals(entry))
                    .findFirst()
                    .orElse(null);
            kept.remove(same);
            all.add(same == null ? new Served(entry, Paths.index("administration", index), binder) : same);
        }
        return all;
    }

    /**
     * Serves other entries instead: at once, as two of them may want one address.
     *
     * @throws ConfigException when one cannot be served; those before are served again then
     */
    synchronized Staged stage(List<AdministrationEntry> configured, Binder binder, PluginSnapshot plugins) {
        List<Served> before = entries;
        List<Served> next = served(configured, binder, before);
        replace(before, next, plugins);
        List<Problem> problems = next.stream()
                .filter(each -> !before.contains(each) && each.problem != null)
                .map(each -> new Problem("", String.valueOf(each.problem)))
                .toList();
        if (!problems.isEmpty()) {
            replace(next, before, plugins);
            throw new ConfigException("the configuration", problems);
        }
        return new Staged() {
            @Override
            public void commit() {}

            @Override
            public void discard() {
                synchronized (Administration.this) {
                    replace(next, before, plugins);
                }
            }
        };
    }

    private void replace(List<Served> those, List<Served> by, PluginSnapshot plugins) {
        those.stream().filter(each -> !by.contains(each)).forEach(Administration::stop);
        entries = by;
        update(plugins);
    }

    /** Plugins have changed. */
    synchronized void update(PluginSnapshot plugins) {
        if (closed) {
            return;
        }
        for (Served each : entries) {
            LoadedExtension<ManagementFactory<?>> now =
                    plugins.find(ExtensionType.MANAGEMENT, each.entry.type()).orElse(null);
            if (now != each.extension || (now != null && each.served == null)) {
                stop(each);
                start(each, now);
            }
        }
    }

    /** Binds what is configured without serving it; every problem as a sentence. */
    static List<String> check(List<AdministrationEntry> configured, Binder binder, PluginSnapshot plugins) {
        List<String> problems = new ArrayList<>();
        for (int index = 0; index < configured.size(); index++) {
            AdministrationEntry entry = configured.get(index);
            String path = Paths.index("administration", index);
            LoadedExtension<ManagementFactory<?>> extension =
                    plugins.find(ExtensionType.MANAGEMENT, entry.type()).orElse(null);
            if (extension == null) {
                problems.add(path + ".type: " + entry.type() + " (expected: one that a loaded plugin offers)");
                continue;
            }
            binder.bind(entry.config(), extension.extension().configType(), path, Set.of("type"))
                    .problems()
                    .forEach(problem -> problems.add(problem.toString()));
        }
        return problems;
    }

    /** Why an interface is not served, each a sentence. */
    synchronized List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Served each : entries) {
            if (each.problem != null) {
                problems.add(each.problem);
            }
        }
        return problems;
    }

    private void start(Served each, @Nullable LoadedExtension<ManagementFactory<?>> extension) {
        each.extension = extension;
        if (extension == null || !extension.generation().acquire()) {
            problem(each, each.path + ".type: " + each.entry.type() + " (expected: one that a loaded plugin offers)");
            return;
        }
        PluginGeneration generation = extension.generation();
        try {
            each.served = generation.guard().make(each.path, () -> create(each, extension.extension(), generation));
            each.problem = null;
            return;
        } catch (ConfigException | IllegalArgumentException e) {
            problem(each, e.getMessage());
        } catch (Throwable e) {
            generation.guard().failed("create of " + each.path, e);
            problem(each, each.path + ": " + e);
        }
        generation.release();
    }

    private <C extends Record> AutoCloseable create(
            Served each, ManagementFactory<C> factory, PluginGeneration generation) {
        C bound = each.binder
                .bind(each.entry.config(), factory.configType(), each.path, Set.of("type"))
                .orElseThrow("the configuration");
        return factory.create(bound, generation.context(), operations);
    }

    private static void problem(Served each, String sentence) {
        if (!sentence.equals(each.problem)) {
            log.error("{}", sentence);
        }
        each.problem = sentence;
    }

    private static void stop(Served each) {
        AutoCloseable served = each.served;
        LoadedExtension<ManagementFactory<?>> extension = each.extension;
        each.served = null;
        each.extension = null;
        if (served == null || extension == null) {
            return;
        }
        extension.generation().guard().run("close of " + each.path, () -> {
            try {
                served.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        extension.generation().release();
    }

    @Override
    public synchronized void close() {
        closed = true;
        entries.forEach(Administration::stop);
    }
}
