/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the plugins that lie in a folder. Each jar becomes a {@link PluginGeneration} or is refused with a reason; what the generations
 * offer is published as an immutable {@link PluginSnapshot}. A jar that comes, changes or goes takes effect while running: the new
 * generation is loaded and started first, then the snapshot is replaced, then the old one is retired and ends with its last lease. A jar
 * that is refused changes nothing of what ran before.
 *
 * <p>Thread-safe: the folder is looked at by one thread at a time, the snapshot is read without a lock.
 */
public final class PluginHost implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PluginHost.class);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final Duration START_DEADLINE = Duration.ofSeconds(30);
    private static final long END_SECONDS = 10;

    /** How long what plugins have made may take to close when the gateway stops. */
    private static final Duration LEASES = Duration.ofSeconds(2);

    private final Path folder;
    private final Staging staging;
    private final PluginInbox inbox;
    private final GenerationLoader loader;
    private final Set<String> reservedKinds;
    private final Map<String, PluginGeneration> running = new TreeMap<>();
    /** Which file each running plugin comes from; it may have been renamed since it was loaded. */
    private final Map<String, String> files = new HashMap<>();

    private final Set<PluginGeneration> loaded = ConcurrentHashMap.newKeySet();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    /** Discards: a last lease that comes back after {@link #close} finds its generation ended. */
    private final ExecutorService closer = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> daemon(task, "plugins-end"),
            new ThreadPoolExecutor.DiscardPolicy());

    private final ScheduledExecutorService poller =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "plugins-folder"));

    private volatile PluginSnapshot snapshot = PluginSnapshot.EMPTY;
    private boolean closed;

    /**
     * @param folder where operators drop jars
     * @param staging a private folder for the copies that are loaded; made, and emptied at start
     * @param meters where the plugins' meters appear, each with the tag {@code plugin}
     * @param resources where plugins read the resources of their kinds
     * @param reservedKinds names of resource kinds that are the gateway's own
     */
    public PluginHost(
            Path folder, Path staging, MeterRegistry meters, PluginResources resources, Set<String> reservedKinds) {
        this(folder, staging, meters, resources, reservedKinds, START_DEADLINE);
    }

    PluginHost(
            Path folder,
            Path staging,
            MeterRegistry meters,
            PluginResources resources,
            Set<String> reservedKinds,
            Duration startDeadline) {
        this.folder = folder;
        this.reservedKinds = Set.copyOf(reservedKinds);
        this.staging = new Staging(staging);
        ClassLoader application = PluginHost.class.getClassLoader();
        SpiVersion spi = SpiVersion.ofThisGateway();
        this.inbox = new PluginInbox(
                new PluginFolder(folder, staging),
                this.staging,
                new PluginValidator(spi, Runtime.version().feature(), new LinkageCheck(application, spi)));
        this.loader = new GenerationLoader(
                new SharedPackages(application), meters, resources, startDeadline, closer, loaded::remove);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Loads what lies in the folder, and looks at it every 500 ms from then on. A jar that is refused does not fail the start: see
     * {@link PluginSnapshot#plugins()}.
     *
     * @throws UncheckedIOException when the staging folder cannot be made
     */
    public void start() {
        startWithoutPolling();
        long millis = POLL_INTERVAL.toMillis();
        poller.scheduleWithFixedDelay(this::poll, millis, millis, TimeUnit.MILLISECONDS);
    }

    void startWithoutPolling() {
        try {
            staging.open();
        } catch (IOException e) {
            throw new UncheckedIOException("staging folder " + staging.folder() + " cannot be made", e);
        }
        rescan();
    }

    /** What the plugins offer now; one volatile read. */
    public PluginSnapshot snapshot() {
        return snapshot;
    }

    /** Calls the listener after every new snapshot, on the thread that published it, before the old generations are retired. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Looks at the folder now; a file counts without waiting whether it still grows. */
    public synchronized void rescan() {
        scan(true);
    }

    /** Looks at the folder; a file counts once it is the same in two polls. */
    synchronized void poll() {
        try {
            scan(false);
        } catch (RuntimeException e) {
            // A poller that throws is never called again.
            log.error("The plugins folder {} cannot be worked on; the next poll tries again", folder, e);
        }
    }

    private void scan(boolean settled) {
        if (closed || !inbox.refresh(settled)) {
            return;
        }
        List<PluginGeneration> before = List.copyOf(running.values());
        List<PluginStatus> refused = reconcile();
        List<PluginGeneration> gone = new ArrayList<>(before);
        gone.removeAll(running.values());
        List<PluginGeneration> come = new ArrayList<>(running.values());
        come.removeAll(before);

        gone.forEach(PluginGeneration::hideMeters);
        come.forEach(PluginGeneration::showMeters);
        publish(refused);
        gone.forEach(PluginGeneration::retire);
        staging.keepOnly(hashesInUse());
    }

    /** Brings what runs in line with the inbox; returns what is refused. */
    private List<PluginStatus> reconcile() {
        Map<String, List<PluginInbox.Entry>> byId = new TreeMap<>();
        for (PluginInbox.Entry entry : inbox.entries()) {
            if (entry.manifest() != null) {
                byId.computeIfAbsent(entry.manifest().id(), id -> new ArrayList<>())
                        .add(entry);
            }
        }
        running.values().removeIf(generation -> !byId.containsKey(generation.id()) && isGone(generation));
        files.keySet().retainAll(running.keySet());

        List<PluginStatus> refused = new ArrayList<>();
        for (PluginInbox.Entry entry : inbox.entries()) {
            try {
                bringUp(entry, byId);
            } catch (PluginRejectedException e) {
                refused.add(refusal(entry, e));
            }
        }
        return refused;
    }

    /** A plugin has gone when its file has, or is another plugin's now; a refused new version of it changes nothing. */
    private boolean isGone(PluginGeneration generation) {
        String file = files.get(generation.id());
        for (PluginInbox.Entry entry : inbox.entries()) {
            if (entry.file().equals(file)) {
                return entry.manifest() != null;
            }
        }
        return true;
    }

    private void bringUp(PluginInbox.Entry entry, Map<String, List<PluginInbox.Entry>> byId)
            throws PluginRejectedException {
        PluginManifest manifest = entry.manifest();
        StagedJar jar = entry.jar();
        if (manifest == null || jar == null) {
            throw entry.refusal();
        }
        PluginGeneration current = running.get(manifest.id());
        boolean runs = current != null && current.hash().equals(jar.hash());
        List<PluginInbox.Entry> sameId = byId.getOrDefault(manifest.id(), List.of());
        if (sameId.size() > 1 && !(runs && entry.file().equals(files.get(manifest.id())))) {
            throw new PluginRejectedException(
                    RejectionCode.DUPLICATE_ID,
                    "Plugin-Id: " + manifest.id() + " stands in "
                            + sameId.stream().map(PluginInbox.Entry::file).collect(Collectors.joining(" and "))
                            + " (expected: one file per plugin)");
        }
        if (runs) {
            files.put(manifest.id(), entry.file());
            return;
        }
        if (entry.rejection() != null) {
            throw entry.refusal();
        }
        if (current != null && current.version().equals(manifest.version())) {
            throw new PluginRejectedException(
                    RejectionCode.SAME_VERSION_OTHER_BYTES,
                    "Plugin-Version: " + manifest.version() + " of " + manifest.id()
                            + " runs already with other content (expected: a new version for new content)");
        }
        running.put(manifest.id(), load(entry, jar, manifest));
        files.put(manifest.id(), entry.file());
    }

    private PluginGeneration load(PluginInbox.Entry entry, StagedJar jar, PluginManifest manifest)
            throws PluginRejectedException {
        PluginGeneration generation;
        try {
            generation = loader.load(jar, manifest);
        } catch (PluginRejectedException e) {
            inbox.reject(entry.file(), Rejection.of(e));
            throw e;
        }
        loaded.add(generation);
        try {
            requireFreeNames(generation);
        } catch (PluginRejectedException e) {
            generation.close();
            throw e;
        }
        log.info("Plugin {} from {} has started: {}", generation, entry.file(), generation.extensions());
        return generation;
    }

    private void requireFreeNames(PluginGeneration newcomer) throws PluginRejectedException {
        for (LoadedExtension<?> extension : newcomer.extensions()) {
            if (extension.type() == ExtensionType.RESOURCE_KIND && reservedKinds.contains(extension.name())) {
                throw new PluginRejectedException(
                        RejectionCode.DUPLICATE_EXTENSION,
                        extension.type() + " \"" + extension.name() + "\" of " + newcomer.id()
                                + " is the gateway's own (expected: another name than one of " + reservedKinds + ")");
            }
        }
        for (PluginGeneration other : running.values()) {
            if (other.id().equals(newcomer.id())) {
                continue;
            }
            for (LoadedExtension<?> extension : newcomer.extensions()) {
                if (other.offers(extension.type(), extension.name())) {
                    throw new PluginRejectedException(
                            RejectionCode.DUPLICATE_EXTENSION,
                            extension.type() + " \"" + extension.name() + "\" of " + newcomer.id() + " is offered by "
                                    + other.id() + " already (expected: one name per extension point)");
                }
            }
        }
    }

    private void publish(List<PluginStatus> refused) {
        List<PluginStatus> plugins = new ArrayList<>(refused);
        for (PluginGeneration generation : running.values()) {
            plugins.add(new PluginStatus(
                    files.getOrDefault(generation.id(), generation.file()),
                    generation.id(),
                    generation.version(),
                    generation.hash(),
                    PluginStatus.State.STARTED,
                    null,
                    null,
                    generation.extensions().stream().map(Object::toString).toList()));
        }
        plugins.sort(Comparator.comparing(PluginStatus::file).thenComparing(PluginStatus::state));
        for (PluginStatus status : refused) {
            if (!snapshot.plugins().contains(status)) {
                log.error("Plugin {} is refused: {}: {}", status.file(), status.code(), status.message());
            }
        }
        snapshot = new PluginSnapshot(running.values(), plugins);
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.error("A listener to changes of the plugins failed", e);
            }
        }
    }

    private static PluginStatus refusal(PluginInbox.Entry entry, PluginRejectedException e) {
        PluginManifest manifest = entry.manifest();
        return new PluginStatus(
                entry.file(),
                manifest == null ? null : manifest.id(),
                manifest == null ? null : manifest.version(),
                entry.hash(),
                PluginStatus.State.REJECTED,
                e.code(),
                e.getMessage(),
                List.of());
    }

    private Set<String> hashesInUse() {
        Set<String> hashes = new HashSet<>();
        inbox.entries().stream()
                .map(PluginInbox.Entry::hash)
                .filter(Objects::nonNull)
                .forEach(hashes::add);
        loaded.stream().map(PluginGeneration::hash).forEach(hashes::add);
        return hashes;
    }

    /**
     * Ends every generation: with its last lease, or after a few seconds whatever leases are held. The snapshot stays as it was.
     */
    @Override
    public void close() {
        poller.shutdownNow();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running.clear();
            loaded.forEach(PluginGeneration::retire);
        }
        awaitLastLeases();
        loaded.forEach(generation -> closer.execute(generation::close));
        closer.shutdown();
        try {
            if (!closer.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                log.warn("Plugins have not ended after {} s: {}", END_SECONDS, loaded);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        staging.remove();
    }

    private void awaitLastLeases() {
        long deadline = System.nanoTime() + LEASES.toNanos();
        try {
            while (!loaded.isEmpty() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
