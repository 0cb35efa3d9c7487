/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A temporary folder with everything that the quickstart writes; deleted when it closes. */
record Workspace(Path folder) implements AutoCloseable {

    static Workspace create() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path folder = temporary.resolve(String.format(
                "gatehouse-quickstart-%04x", ThreadLocalRandom.current().nextInt(1 << 16)));
        return new Workspace(Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
    }

    /** A file that nobody else can read, as it holds a password. */
    Path secret(Path file, String text) throws IOException {
        Path written = folder.resolve(file);
        // Somebody watches the folder: the file appears whole.
        Path incoming = Files.createTempFile(folder, ".incoming", "");
        Files.writeString(incoming, text);
        Files.setPosixFilePermissions(incoming, PosixFilePermissions.fromString("rw-------"));
        return Files.move(incoming, written);
    }

    /** Unpacks a zip with the modes that it holds, and returns its one top folder. */
    Path unzip(Path zip) throws IOException {
        URI uri = URI.create("jar:" + zip.toUri());
        try (FileSystem files = FileSystems.newFileSystem(uri, Map.of("enablePosixFileAttributes", true));
                Stream<Path> tree = Files.walk(files.getPath("/"))) {
            for (Path source : tree.skip(1).toList()) {
                Path copy = folder.resolve(source.toString().substring(1));
                if (Files.isDirectory(source)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(source, copy);
                }
                Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(source));
            }
            try (Stream<Path> top = Files.list(files.getPath("/"))) {
                return folder.resolve(top.findFirst().orElseThrow().toString().substring(1));
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        }
    }
}
