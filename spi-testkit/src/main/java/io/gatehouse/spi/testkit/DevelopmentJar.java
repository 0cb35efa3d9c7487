/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A plugin's jar from what is compiled, before Maven packages it: {@code target/classes} and, where it has some, its libraries. Each jar
 * has a higher version than the one before, so that a running gateway takes it as an upgrade. Breakpoints work: the classes are those of
 * the IDE.
 */
public final class DevelopmentJar {

    /** Versions ascend over restarts too. */
    private static final AtomicLong PATCH = new AtomicLong(System.currentTimeMillis() / 1000);

    private DevelopmentJar() {}

    /**
     * Writes the jar, all at once.
     *
     * @param pluginId of the manifest
     * @param parts class folders and jars
     * @param target the file; replaced if there
     * @throws IllegalArgumentException when a part is missing, or no extension is indexed: compile with PF4J's annotation processor
     */
    public static void write(String pluginId, List<Path> parts, Path target) {
        try {
            Path unfinished = Files.createTempFile(target.toAbsolutePath().getParent(), ".", ".unfinished");
            Set<String> written = new HashSet<>();
            try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(unfinished), manifest(pluginId))) {
                written.add(JarFile.MANIFEST_NAME);
                for (Path part : parts) {
                    add(part, jar, written);
                }
            }
            if (!written.contains("META-INF/extensions.idx")) {
                Files.delete(unfinished);
                throw new IllegalArgumentException(parts
                        + ": no META-INF/extensions.idx (expected: classes compiled with PF4J's annotation processor)");
            }
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Manifest manifest(String pluginId) {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Plugin-Id", pluginId);
        attributes.putValue("Plugin-Version", "0.0." + PATCH.incrementAndGet());
        attributes.putValue("Plugin-Provider", "development");
        attributes.putValue("Plugin-Requires", ">=0.0.0 & <1000.0.0");
        return manifest;
    }

    private static void add(Path part, JarOutputStream jar, Set<String> written) throws IOException {
        if (Files.isDirectory(part)) {
            addFolder(part, jar, written);
            return;
        }
        if (!Files.isRegularFile(part)) {
            throw new IllegalArgumentException(part + ": missing (expected: a class folder or a jar)");
        }
        try (JarFile library = new JarFile(part.toFile())) {
            Enumeration<JarEntry> entries = library.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                if (!entry.isDirectory() && written.add(entry.getName())) {
                    jar.putNextEntry(new JarEntry(entry.getName()));
                    try (InputStream content = library.getInputStream(entry)) {
                        content.transferTo(jar);
                    }
                }
            }
        }
    }

    private static void addFolder(Path folder, JarOutputStream jar, Set<String> written) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (written.add(name)) {
                    jar.putNextEntry(new JarEntry(name));
                    Files.copy(file, jar);
                }
            }
        }
    }
}
