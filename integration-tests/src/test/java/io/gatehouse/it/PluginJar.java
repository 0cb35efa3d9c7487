/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A plugin's jar made of classes of these tests. The gateway loads them again in the plugin's own loader, so nothing static is shared with
 * the test; what a plugin should do is said by its config or by what the client sends.
 */
final class PluginJar {

    private final String id;
    private final List<Class<?>> extensions = new ArrayList<>();
    private String version = "1.0.0";

    private PluginJar(String id) {
        this.id = id;
    }

    static PluginJar withId(String id) {
        return new PluginJar(id);
    }

    /** {@code Plugin-Version}, which {@link JarVersion} tells the extensions. */
    PluginJar version(String value) {
        version = value;
        return this;
    }

    /** An extension; its nested classes come along. */
    PluginJar extension(Class<?> extension) {
        extensions.add(extension);
        return this;
    }

    Path writeTo(Path folder) {
        Path jar = folder.resolve(id + ".jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Plugin-Id", id);
        attributes.putValue("Plugin-Version", version);
        attributes.putValue("Plugin-Provider", "Gatehouse tests");
        attributes.putValue("Plugin-Requires", ">=0.1.0 & <1.0.0");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            String index =
                    String.join("\n", extensions.stream().map(Class::getName).toList());
            write(out, "META-INF/extensions.idx", index.getBytes(StandardCharsets.UTF_8));
            write(out, JarVersion.ENTRY, version.getBytes(StandardCharsets.UTF_8));
            writeClasses(out, JarVersion.class);
            for (Class<?> extension : extensions) {
                writeClasses(out, extension);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static void writeClasses(JarOutputStream out, Class<?> extension) throws IOException {
        String path = extension.getName().replace('.', '/');
        Path folder = Path.of(extension
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .resolve(path)
                .getParent();
        String name = extension.getSimpleName();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> belongsTo(file.getFileName().toString(), name))
                    .toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    write(out, path.substring(0, path.lastIndexOf('/') + 1) + file.getFileName(), in.readAllBytes());
                }
            }
        }
    }

    private static boolean belongsTo(String file, String className) {
        return file.equals(className + ".class") || file.startsWith(className + "$");
    }

    private static void write(JarOutputStream out, String entry, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(entry));
        out.write(bytes);
        out.closeEntry();
    }
}
