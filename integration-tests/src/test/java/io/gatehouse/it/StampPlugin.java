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
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** The jar of {@link StampInterceptorFactory}, in as many versions as wanted. */
final class StampPlugin {

    private StampPlugin() {}

    /** Writes {@code stamp.jar} of a version into a folder that is no plugins folder. */
    static Path jar(Path folder, String version) {
        Path jar = folder.resolve("stamp.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Plugin-Id", "stamp");
        attributes.putValue("Plugin-Version", version);
        attributes.putValue("Plugin-Provider", "Gatehouse tests");
        attributes.putValue("Plugin-Requires", ">=0.1.0 & <1.0.0");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            write(
                    out,
                    "META-INF/extensions.idx",
                    StampInterceptorFactory.class.getName().getBytes(StandardCharsets.UTF_8));
            write(out, StampInterceptorFactory.VERSION_ENTRY, version.getBytes(StandardCharsets.UTF_8));
            for (Class<?> type : List.of(StampInterceptorFactory.class, StampInterceptorFactory.Config.class)) {
                String path = type.getName().replace('.', '/') + ".class";
                try (InputStream in = type.getClassLoader().getResourceAsStream(path)) {
                    write(out, path, in.readAllBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static void write(JarOutputStream out, String entry, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(entry));
        out.write(bytes);
        out.closeEntry();
    }
}
