/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The zip, unzipped as {@code unzip} does it: with the modes that it holds. */
record Installation(Path folder) {

    /** The archive without its ending. */
    static Path archive(String ending) {
        return Path.of(System.getProperty("gatehouse.distribution") + ending);
    }

    static Installation unzipInto(Path target) {
        URI zip = URI.create("jar:" + archive(".zip").toUri());
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", true))) {
            Path top = onlyEntry(files.getPath("/"));
            copy(top, target);
            return new Installation(target.resolve(top.getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path onlyEntry(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> all = entries.toList();
            if (all.size() != 1) {
                throw new IllegalStateException(all + " (expected: one top folder)");
            }
            return all.get(0);
        }
    }

    private static void copy(Path top, Path target) throws IOException {
        try (Stream<Path> tree = Files.walk(top)) {
            for (Path source : tree.toList()) {
                Path copy = target.resolve(top.getParent().relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(source, copy);
                }
                Set<PosixFilePermission> mode = Files.getPosixFilePermissions(source);
                Files.setPosixFilePermissions(copy, mode);
            }
        }
    }

    Path script() {
        return folder.resolve("bin/gatehouse");
    }

    /** A home of its own that has the shipped configuration, no resources and the shipped plugins. */
    Path newHome(Path home) {
        try {
            for (String part : List.of("conf", "plugins", "resources")) {
                Files.createDirectories(home.resolve(part));
                try (Stream<Path> files = Files.list(folder.resolve(part))) {
                    for (Path file : files.toList()) {
                        Files.copy(file, home.resolve(part).resolve(file.getFileName()));
                    }
                }
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command line of {@code bin/gatehouse}. */
    Command command(String... arguments) {
        return new Command(Stream.concat(Stream.of(script().toString()), Stream.of(arguments))
                .toList());
    }

    /** A process to start, with only what it is given in its environment. */
    static final class Command {
        private final List<String> line;
        private final Map<String, String> environment = new HashMap<>();

        Command(List<String> line) {
            this.line = line;
            environment.put("PATH", System.getenv("PATH"));
            environment.put("JAVA_HOME", System.getProperty("java.home"));
        }

        Command with(String name, String value) {
            environment.put(name, value);
            return this;
        }

        Command without(String name) {
            environment.remove(name);
            return this;
        }

        Command home(Path home) {
            return with("GATEHOUSE_HOME", home.toString());
        }

        Running start() {
            ProcessBuilder builder = new ProcessBuilder(line);
            builder.environment().clear();
            builder.environment().putAll(environment);
            try {
                Path output = Files.createTempFile("gatehouse-out", ".txt");
                Path errors = Files.createTempFile("gatehouse-err", ".txt");
                builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
                return new Running(builder.start(), output, errors);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Runs it to its end. */
        Outcome run() {
            try (Running running = start()) {
                return running.await();
            }
        }
    }

    /** A process; closing it ends it. */
    record Running(Process process, Path output, Path errors) implements AutoCloseable {

        Outcome await() {
            try {
                if (!process.waitFor(60, java.util.concurrent.TimeUnit.SECONDS)) {
                    throw new AssertionError("still runs after 60 s: " + output() + errorText());
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return new Outcome(process.exitValue(), outputText(), errorText());
        }

        String outputText() {
            return read(output);
        }

        String errorText() {
            return read(errors);
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
            try {
                Files.deleteIfExists(output);
                Files.deleteIfExists(errors);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What a process said and how it ended. */
    record Outcome(int exitCode, String output, String errors) {}
}
