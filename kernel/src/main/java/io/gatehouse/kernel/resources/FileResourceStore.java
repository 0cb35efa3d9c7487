/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.kernel.config.Yaml;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Reason;
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
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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
 *
 * <p>Writes: a document that is there is changed where it stands, and what else the file holds stays as it is, byte for byte; a new one
 * gets a file of its own, {@code <Kind>/<name>.yaml}. A file whose last document is removed is removed. Each file is replaced as a whole
 * ({@link AtomicFiles}), so after a crash it is as before or as wanted.
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

    // Under this object's lock.
    private final SortedMap<String, Loaded> loaded = new TreeMap<>();
    private Map<String, Stamp> seen = Map.of();
    private @Nullable String folderProblem;
    private Consumer<Content> listener = content -> {};

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
    public synchronized void open(Consumer<Content> changed) {
        listener = changed;
        try {
            seen = scan();
            removeLeftovers();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "resources: " + folder + " cannot be read: " + e + " (expected: a folder of YAML files)", e);
        }
        seen.forEach((name, stamp) -> loaded.put(name, load(name, stamp, null)));
        listener.accept(content());
        long nanos = pollInterval.toNanos();
        poller.scheduleWithFixedDelay(this::poll, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void removeLeftovers() throws IOException {
        if (!Files.isWritable(folder)) {
            return;
        }
        AtomicFiles.removeLeftovers(folder);
        try (Stream<Path> listed = Files.list(folder)) {
            for (Path entry :
                    listed.filter(Files::isDirectory).filter(Files::isWritable).toList()) {
                AtomicFiles.removeLeftovers(entry);
            }
        }
    }

    private synchronized void poll() {
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

    @Override
    public Optional<String> readOnly() {
        return Files.isWritable(folder)
                ? Optional.empty()
                : Optional.of(
                        "the resources folder " + folder
                                + " cannot be written (expected: a folder that the gateway may write, or changes made where it comes from)");
    }

    @Override
    public synchronized void write(List<Write> changes) {
        try {
            readWhatIsConcerned(changes);
            FileChanges planned = new FileChanges(folder, texts(changes));
            changes.forEach(planned::add);
            try {
                planned.store();
            } finally {
                // Also when only some could be stored.
                readAgain(planned.stored());
            }
        } catch (IOException e) {
            throw new ResourceException(
                    Reason.UNAVAILABLE, "the resources folder " + folder + " cannot be written: " + e);
        }
    }

    /** Takes in what an operator has changed since the last poll in the files that are going to be changed. */
    private void readWhatIsConcerned(List<Write> changes) throws IOException {
        boolean changed = false;
        Map<String, Stamp> now = scan();
        for (String name : filesOf(changes)) {
            Loaded before = loaded.get(name);
            Stamp stamp = now.get(name);
            if (stamp != null && before != null && stamp.equals(before.stamp())) {
                continue;
            }
            if (stamp == null) {
                loaded.remove(name);
            } else {
                loaded.put(name, load(name, stamp, before));
            }
            changed = true;
        }
        if (changed) {
            listener.accept(content());
        }
        for (Write change : changes) {
            Optional<String> version = find(change).map(Document::version);
            if (!version.equals(change.expectedVersion())) {
                throw new ResourceException(
                        Reason.CONFLICT,
                        List.of(new ResourceException.Issue(
                                change.kind(),
                                change.name(),
                                "",
                                version.map(has -> "has version " + has).orElse("is not there") + " (expected: "
                                        + change.expectedVersion()
                                                .map(wanted -> "version " + wanted)
                                                .orElse("none")
                                        + ")")));
            }
        }
    }

    private Set<String> filesOf(List<Write> changes) {
        Set<String> files = new TreeSet<>();
        for (Write change : changes) {
            loaded.forEach((name, file) -> {
                if (file.documents().stream().anyMatch(document -> isOf(document.tree(), change))) {
                    files.add(name);
                }
            });
        }
        return files;
    }

    private Optional<Document> find(Write change) {
        return loaded.values().stream()
                .flatMap(file -> file.documents().stream())
                .filter(document -> isOf(document.tree(), change))
                .findFirst();
    }

    static boolean isOf(Object tree, Write change) {
        return tree instanceof Map<?, ?> map
                && change.kind().equals(map.get("kind"))
                && map.get("metadata") instanceof Map<?, ?> metadata
                && change.name().equals(metadata.get("name"));
    }

    private Map<Path, String> texts(List<Write> changes) throws IOException {
        Map<Path, String> texts = new LinkedHashMap<>();
        for (String name : filesOf(changes)) {
            Loaded file = Objects.requireNonNull(loaded.get(name));
            if (file.problem() != null) {
                throw new ResourceException(
                        Reason.UNAVAILABLE, file.problem() + " (expected: it to be corrected first)");
            }
            texts.put(file.stamp().file(), Files.readString(file.stamp().file()));
        }
        return texts;
    }

    /** What has just been stored counts at once; the files of others settle as ever. */
    private void readAgain(List<String> files) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        Map<String, Stamp> now = scan();
        Map<String, Stamp> settled = new TreeMap<>(seen);
        for (String name : files) {
            Stamp stamp = now.get(name);
            if (stamp == null) {
                loaded.remove(name);
                settled.remove(name);
                continue;
            }
            loaded.put(name, load(name, stamp, loaded.get(name)));
            settled.put(name, stamp);
        }
        seen = settled;
        listener.accept(content());
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
