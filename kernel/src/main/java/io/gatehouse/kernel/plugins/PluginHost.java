/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the plugins that lie in a folder. Each jar becomes a {@link PluginGeneration} or is refused with a reason; what the generations
 * offer is published as an immutable {@link PluginSnapshot}. A jar that comes, changes or goes takes effect while running: the new
 * generation is loaded and started first, then the snapshot is replaced, then the old one is retired and ends with its last lease, at
 * the latest after the drain deadline. A jar that is refused changes nothing of what ran before.
 *
 * <p>Thread-safe: the folder is looked at by one thread at a time, the snapshot is read without a lock.
 */
public final class PluginHost implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PluginHost.class);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final long END_SECONDS = 10;

    /** How long what plugins have made may take to close when the gateway stops. */
    private static final Duration LEASES = Duration.ofSeconds(2);

    private final PluginFolder folder;
    private final Staging staging;
    private final @Nullable PluginDocument document;
    private final PluginInbox inbox;
    private final RunningPlugins running;
    private final Draining draining;
    private final LeakWatch leaks;

    private final Set<PluginGeneration> loaded = ConcurrentHashMap.newKeySet();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Runnable>> callers = new CopyOnWriteArrayList<>();
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

    private final AtomicBoolean hinted = new AtomicBoolean();
    private volatile PluginSnapshot snapshot = PluginSnapshot.EMPTY;
    private @Nullable FolderWatch watch;
    private @Nullable FileTime rescanned;
    private boolean closed;

    /**
     * @param folder where operators drop jars
     * @param staging a private folder for the copies that are loaded; made, and emptied at start
     * @param document a file that says what became of each jar, renewed at every change; null for none
     * @param meters where the plugins' meters appear, each with the tag {@code plugin}
     * @param resources where plugins read the resources of their kinds
     * @param reservedKinds names of resource kinds that are the gateway's own
     */
    public PluginHost(
            Path folder,
            Path staging,
            @Nullable Path document,
            MeterRegistry meters,
            PluginResources resources,
            PluginHostOptions options) {
        this.folder = new PluginFolder(folder, staging);
        this.staging = new Staging(staging);
        this.document = document == null ? null : new PluginDocument(document);
        this.draining = new Draining(options.drainDeadline(), closer);
        this.leaks = new LeakWatch(options.leakAfter(), meters);
        ClassLoader application = PluginHost.class.getClassLoader();
        SpiVersion spi = SpiVersion.ofThisGateway();
        this.inbox = new PluginInbox(
                this.folder,
                this.staging,
                new PluginValidator(
                        spi,
                        Runtime.version().feature(),
                        new LinkageCheck(application, spi),
                        VerifiedJars.ofThisGateway(document == null ? null : document.getParent())),
                options.settle());
        GenerationLoader loader = new GenerationLoader(
                new SharedPackages(application),
                meters,
                resources,
                options.startDeadline(),
                closer,
                this::ended,
                this::dropped);
        this.running = new RunningPlugins(inbox, loader, options.reserved());
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Loads what lies in the folder, and looks at it from then on every 500 ms, or at once when the operating system hints at a change. A
     * jar that is refused does not fail the start: see {@link PluginSnapshot#plugins()}.
     *
     * @throws UncheckedIOException when the staging folder cannot be made
     */
    public void start() {
        startWithoutPolling();
        long millis = POLL_INTERVAL.toMillis();
        poller.scheduleWithFixedDelay(this::poll, millis, millis, TimeUnit.MILLISECONDS);
        watch = new FolderWatch(folder.path(), this::hint);
    }

    void startWithoutPolling() {
        try {
            staging.open();
        } catch (IOException e) {
            throw new UncheckedIOException("staging folder " + staging.folder() + " cannot be made", e);
        }
        beginDeadlines();
        rescanned = folder.rescanRequest();
        rescan();
    }

    /**
     * The JVM's one thread for deadlines of {@link CompletableFuture}s keeps the context class loader of whoever sets the first one, for as long
     * as the JVM runs: that must not be a plugin.
     */
    private static void beginDeadlines() {
        CompletableFuture.delayedExecutor(0, TimeUnit.MILLISECONDS).execute(() -> {});
    }

    /** What the plugins offer now; one volatile read. */
    public PluginSnapshot snapshot() {
        return snapshot;
    }

    /** What became of each jar, with the generations that were replaced and are held still; as it is now. */
    public List<PluginStatus> statuses() {
        List<PluginStatus> statuses = new ArrayList<>(snapshot.plugins());
        statuses.addAll(draining.statuses());
        return List.copyOf(statuses);
    }

    /** Calls the listener after every new snapshot, on the thread that published it, before the old generations are retired. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Calls the listener with a generation that was replaced long ago and is held still: whoever uses it is to let it go. A few seconds
     * later it ends whatever is held.
     */
    public void onOverdue(Consumer<PluginGeneration> listener) {
        draining.onOverdue(listener);
    }

    /** @param everyThread runs a task on threads that call into plugins, so that what a plugin left there can be removed */
    public void onThreads(Consumer<Runnable> everyThread) {
        callers.add(everyThread);
    }

    /** Looks at the folder now; a file counts without waiting whether it still grows. */
    public synchronized void rescan() {
        scan(true);
        writeDocument(false);
    }

    /** Looks at the folder; a file counts once it is the same in two polls. */
    synchronized void poll() {
        try {
            FileTime requested = folder.rescanRequest();
            boolean rescan = requested != null && !requested.equals(rescanned);
            rescanned = requested;
            scan(rescan);
            draining.enforce();
            leaks.check();
            writeDocument(rescan);
        } catch (RuntimeException e) {
            // A poller that throws is never called again.
            log.error("The plugins folder {} cannot be worked on; the next poll tries again", folder.path(), e);
        }
    }

    /** Something may have changed: looks now, and again when it has had the time to settle. */
    private void hint() {
        if (!hinted.compareAndSet(false, true)) {
            return;
        }
        try {
            poller.execute(this::poll);
            poller.schedule(
                    () -> {
                        hinted.set(false);
                        poll();
                    },
                    POLL_INTERVAL.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("Closed: nobody looks at {} any more", folder.path());
        }
    }

    private void scan(boolean settled) {
        if (closed || !inbox.refresh(settled)) {
            return;
        }
        Collection<PluginGeneration> before = running.generations();
        Map<String, String> filesBefore = running.files();
        List<RunningPlugins.Refusal> refused = running.reconcile();
        List<PluginGeneration> gone = new ArrayList<>(before);
        gone.removeAll(running.generations());
        List<PluginGeneration> come = new ArrayList<>(running.generations());
        come.removeAll(before);

        loaded.addAll(come);
        gone.forEach(PluginGeneration::hideMeters);
        come.forEach(PluginGeneration::showMeters);
        publish(refused);
        for (PluginGeneration generation : gone) {
            draining.add(generation, filesBefore.getOrDefault(generation.id(), generation.file()));
            generation.retire();
        }
        staging.keepOnly(hashesInUse());
    }

    private void publish(List<RunningPlugins.Refusal> refusals) {
        List<PluginStatus> refused = new ArrayList<>();
        for (RunningPlugins.Refusal refusal : refusals) {
            refused.add(status(refusal));
        }
        snapshot = new PluginSnapshot(running.generations(), running.files(), refused);
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.error("A listener to changes of the plugins failed", e);
            }
        }
    }

    private PluginStatus status(RunningPlugins.Refusal refusal) {
        PluginStatus now = PluginStatus.refused(refusal.entry(), refusal.reason(), Instant.now());
        for (PluginStatus before : snapshot.plugins()) {
            if (before.isSameRefusal(now)) {
                return before;
            }
        }
        log.error("Plugin {} is refused: {}: {}", now.file(), now.code(), now.message());
        return now;
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

    private void writeDocument(boolean always) {
        if (document != null) {
            document.write(statuses(), leaks.leaked(), rescanned, always);
        }
    }

    private void ended(PluginGeneration generation) {
        loaded.remove(generation);
        draining.ended(generation);
    }

    /** All that is left of a generation is its loader. */
    private void dropped(PluginClassLoader loader) {
        Leftovers.clear(loader, task -> {
            try {
                poller.execute(task);
                callers.forEach(everyThread -> everyThread.accept(task));
            } catch (RejectedExecutionException e) {
                log.debug("Closed: the threads are gone");
            }
        });
        leaks.dropped(loader);
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
            if (watch != null) {
                watch.close();
            }
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
        if (document != null) {
            document.delete();
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
