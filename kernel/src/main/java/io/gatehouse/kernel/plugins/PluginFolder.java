/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder that operators drop jars into. Used by one thread at a time. */
final class PluginFolder {

    private static final Logger log = LoggerFactory.getLogger(PluginFolder.class);

    /** Touching it asks for a rescan. */
    static final String RESCAN = ".rescan";

    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final Integer ROOT = 0;

    private final Path folder;
    private final Path staging;

    /** @param staging a folder that this process made: its owner is the account that plugins may belong to, besides root */
    PluginFolder(Path folder, Path staging) {
        this.folder = folder;
        this.staging = staging;
    }

    /**
     * What changes when a file does. Links are followed, since mounted volumes swap them.
     *
     * @param insecure who else could write to it; null when nobody
     */
    record Stamp(
            long sizeBytes,
            FileTime modified,
            @Nullable Object fileKey,
            @Nullable Rejection insecure) {}

    Path path() {
        return folder;
    }

    /** When somebody last asked for a rescan by touching {@code .rescan}; null when nobody has. */
    @Nullable
    FileTime rescanRequest() {
        try {
            return Files.getLastModifiedTime(folder.resolve(RESCAN));
        } catch (IOException e) {
            return null;
        }
    }

    Path resolve(String file) {
        return folder.resolve(file);
    }

    /** The jars by name. Hidden files are left out: that is what half-made copies of careful tools are. */
    Map<String, Stamp> list() throws IOException {
        Rejection insecureFolder = insecure(folder, RejectionCode.INSECURE_FOLDER);
        Map<String, Stamp> jars = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(".jar") && !name.startsWith(".")) {
                    stamp(file, insecureFolder, jars);
                }
            }
        }
        return jars;
    }

    private void stamp(Path file, @Nullable Rejection insecureFolder, Map<String, Stamp> jars) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return;
            }
            Rejection insecure = insecureFolder == null ? insecure(file, RejectionCode.INSECURE_FILE) : insecureFolder;
            jars.put(
                    file.getFileName().toString(),
                    new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey(), insecure));
        } catch (IOException e) {
            log.debug("{} went away while it was looked at: {}", file, e.toString());
        }
    }

    private @Nullable Rejection insecure(Path path, RejectionCode code) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return null;
        }
        int mode = (Integer) Files.getAttribute(path, "unix:mode");
        // On a read-only mount, such as a ConfigMap with its mode 0777, nobody here can write whatever the mode says.
        if ((mode & WRITABLE_BY_OTHERS) != 0 && !Files.getFileStore(path).isReadOnly()) {
            return new Rejection(
                    code,
                    path + ": mode " + Integer.toOctalString(mode & 0777)
                            + " (expected: writable by its owner only, since plugins are code; chmod go-w)");
        }
        Object owner = Files.getAttribute(path, "unix:uid");
        if (!owner.equals(ROOT) && !owner.equals(Files.getAttribute(staging, "unix:uid"))) {
            return new Rejection(
                    code,
                    path + ": owned by user id " + owner + " (expected: root or the account that runs the gateway)");
        }
        return null;
    }
}
