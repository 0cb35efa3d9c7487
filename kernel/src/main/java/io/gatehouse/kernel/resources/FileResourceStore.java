/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.kernel.config.Yaml;
import io.gatehouse.spi.resources.ResourceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources in a folder of {@code *.yaml} and {@code *.yml} files with one or more documents each, and in its subfolders of one level;
 * names that begin with a dot are skipped. Changes are found by polling name, size and time, as watch services miss events on mounts. A
 * file counts when two polls in a row found it the same, and is gone when two in a row missed it, so that nothing half-written counts. A
 * file that cannot be read keeps what it held before.
 */
public final class FileResourceStore implements ResourceStore {

    /** How often the folder is looked at. */
    public static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(FileResourceStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Duration pollInterval;
    private final ScheduledExecutorService poller = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "resources-file");
        thread.setDaemon(true);
        return thread;
    });

    // Used by open() before the poller starts, and by the poller alone afterwards.
    private final SortedMap<String, Loaded> loaded = new TreeMap<>();
    private Map<String, Stamp> seen = Map.of();
    private @Nullable String folderProblem;

    /** What tells one state of a file from another. */
    private record Stamp(
            Path file,
            long size,
            long modifiedNanos,
            @Nullable Object key) {}

    /** What counts of a file, and what is wrong with its present state; null when nothing is. */
    private record Loaded(
            Stamp stamp, List<Document> documents, @Nullable String problem) {}

    /** Creates a store without looking at the folder. */
    public FileResourceStore(Path folder, Duration pollInterval) {
        this.folder = folder;
        this.pollInterval = pollInterval;
    }

    @Override
    public void open(Consumer<Content> listener) {
        try {
            seen = scan();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "resources: " + folder + " cannot be read: " + e + " (expected: a folder of YAML files)", e);
        }
        seen.forEach((name, stamp) -> loaded.put(name, load(name, stamp, null)));
        listener.accept(content());
        long nanos = pollInterval.toNanos();
        poller.scheduleWithFixedDelay(() -> poll(listener), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void poll(Consumer<Content> listener) {
        try {
            if (update()) {
                listener.accept(content());
            }
        } catch (RuntimeException e) {
            LOG.error("Resources in {} could not be updated; the last state stays in force", folder, e);
        }
    }

    private boolean update() {
        Map<String, Stamp> now;
        String problem = null;
        try {
            now = scan();
        } catch (IOException e) {
            now = seen;
            problem = folder + " cannot be read: " + e + "; what it held stays in force";
        }
        boolean changed = !Objects.equals(problem, folderProblem);
        folderProblem = problem;
        for (Map.Entry<String, Stamp> entry : now.entrySet()) {
            Loaded before = loaded.get(entry.getKey());
            boolean settled = entry.getValue().equals(seen.get(entry.getKey()));
            if (settled && (before == null || !before.stamp().equals(entry.getValue()))) {
                loaded.put(entry.getKey(), load(entry.getKey(), entry.getValue(), before));
                changed = true;
            }
        }
        Map<String, Stamp> present = now;
        Map<String, Stamp> earlier = seen;
        changed |= loaded.keySet().removeIf(name -> !present.containsKey(name) && !earlier.containsKey(name));
        seen = now;
        return changed;
    }

    private Content content() {
        List<Document> documents = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        if (folderProblem != null) {
            problems.add(folderProblem);
        }
        loaded.values().forEach(file -> {
            documents.addAll(file.documents());
            if (file.problem() != null) {
                problems.add(file.problem());
            }
        });
        return new Content(List.copyOf(documents), List.copyOf(problems));
    }

    private SortedMap<String, Stamp> scan() throws IOException {
        SortedMap<String, Stamp> stamps = new TreeMap<>();
        scan(folder, "", stamps);
        return stamps;
    }

    private static void scan(Path directory, String prefix, Map<String, Stamp> stamps) throws IOException {
        List<Path> entries;
        try (Stream<Path> listed = Files.list(directory)) {
            entries = listed.toList();
        }
        for (Path entry : entries) {
            String name = entry.getFileName().toString();
            if (name.startsWith(".")) {
                continue;
            }
            if (prefix.isEmpty() && Files.isDirectory(entry)) {
                scan(entry, name + "/", stamps);
                continue;
            }
            if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                stamp(entry, prefix + name, stamps);
            }
        }
    }

    private static void stamp(Path file, String name, Map<String, Stamp> stamps) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                long modified = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
                stamps.put(name, new Stamp(file, attributes.size(), modified, attributes.fileKey()));
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} went away while the folder was listed", file);
        }
    }

    private static Loaded load(String name, Stamp stamp, @Nullable Loaded before) {
        List<Document> kept = before == null ? List.of() : before.documents();
        String outcome = kept.isEmpty() ? "; nothing of it is in force" : "; what it held before stays in force";
        Yaml.Parsed parsed;
        try {
            parsed = Yaml.read(Files.readString(stamp.file()));
        } catch (IOException e) {
            return new Loaded(stamp, kept, name + ": cannot be read: " + e + outcome);
        }
        if (!parsed.problems().isEmpty()) {
            return new Loaded(stamp, kept, name + ": " + parsed.problems().get(0) + outcome);
        }
        List<Document> documents = new ArrayList<>();
        for (int index = 0; index < parsed.documents().size(); index++) {
            Object tree = parsed.documents().get(index);
            String origin = parsed.documents().size() == 1 ? name : name + "#" + (index + 1);
            if (tree == null) {
                continue;
            }
            if (!(tree instanceof Map<?, ?> map)) {
                String problem = origin + ": " + (tree instanceof List ? "a list" : "a scalar")
                        + " (expected: an object with apiVersion, kind, metadata and spec)";
                return new Loaded(stamp, kept, problem + outcome);
            }
            Map<String, Object> object = new LinkedHashMap<>();
            map.forEach((key, value) -> object.put(String.valueOf(key), value));
            documents.add(new Document(origin, version(object), object));
        }
        return new Loaded(stamp, List.copyOf(documents), null);
    }

    private static String version(Map<String, Object> tree) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(JSON.writeValueAsBytes(tree));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException | JsonProcessingException e) {
            throw new IllegalStateException("a version could not be computed", e);
        }
    }

    @Override
    public void close() {
        poller.shutdownNow();
    }
}
