/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The private folder that jars are loaded from, each under the SHA-256 of its content. Jars may be staged by several threads at once. */
final class Staging {

    private static final Logger log = LoggerFactory.getLogger(Staging.class);

    private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    /** Jars of several MiB are read at every start. */
    private static final int COPY_BYTES = 256 * 1024;

    private final Path folder;

    Staging(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, readable by nobody else, and empties it of what an earlier process left. */
    void open() throws IOException {
        Files.createDirectories(folder);
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(folder, OWNER_ONLY);
        }
        keepOnly(Set.of());
    }

    Path folder() {
        return folder;
    }

    /** Copies a file; the hash is that of the bytes copied, whatever happens to the original meanwhile. */
    StagedJar stage(Path file) throws IOException {
        MessageDigest digest = sha256();
        Path incoming = folder.resolve(file.getFileName() + ".incoming");
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = Files.newOutputStream(incoming)) {
            byte[] bytes = new byte[COPY_BYTES];
            for (int read = in.read(bytes); read > 0; read = in.read(bytes)) {
                digest.update(bytes, 0, read);
                out.write(bytes, 0, read);
            }
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        Path staged = folder.resolve(hash + ".jar");
        if (Files.exists(staged)) {
            Files.delete(incoming);
        } else {
            // Another thread may just have staged the same content: then this replaces it with itself.
            Files.move(incoming, staged, StandardCopyOption.ATOMIC_MOVE);
        }
        return new StagedJar(file.getFileName().toString(), hash, staged);
    }

    /** Deletes the copies that are neither loaded nor in the plugins folder any more. */
    void keepOnly(Set<String> hashes) {
        Set<String> keep = hashes.stream().map(hash -> hash + ".jar").collect(Collectors.toSet());
        for (Path file : files()) {
            if (!keep.contains(file.getFileName().toString())) {
                delete(file);
            }
        }
    }

    /** Deletes the copies and the folder. */
    void remove() {
        keepOnly(Set.of());
        delete(folder);
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            log.warn("Staging folder {} cannot be listed: {}", folder, e.toString());
            return List.of();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("Staged copy {} cannot be deleted: {}", file, e.toString());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
