/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Whether a gateway would run a jar, found out without one: by a host of its own that is thrown away. */
public final class PluginVerification {

    private PluginVerification() {}

    /**
     * Validates, loads, starts and stops the plugin. Who may write to the jar does not count: that is a matter of the folder that it will
     * lie in.
     *
     * @return started or rejected, as a gateway would say it
     */
    public static PluginStatus verify(Path jar) throws IOException {
        if (!Files.isRegularFile(jar)) {
            throw new NoSuchFileException(jar + ": missing (expected: a plugin's jar)");
        }
        Path root = Files.createTempDirectory("gatehouse-verify");
        try {
            Path folder = Files.createDirectories(root.resolve("plugins"));
            String name = jar.getFileName().toString();
            Path copy = Files.copy(jar, folder.resolve(name.endsWith(".jar") ? name : name + ".jar"));
            if (Files.getFileStore(copy).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
            }
            Path staging = root.resolve("staging");
            try (PluginHost host = new PluginHost(
                    folder, staging, null, new SimpleMeterRegistry(), new NoResources(), PluginHostOptions.DEFAULT)) {
                host.startWithoutPolling();
                return host.statuses().get(0);
            }
        } finally {
            delete(root);
        }
    }

    private static void delete(Path root) {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A gateway in which nobody has written any resource. */
    private static final class NoResources implements PluginResources {

        @Override
        public <S extends Record> ResourceView<S> view(ResourceKind<S> kind) {
            return new ResourceView<>() {
                @Override
                public Optional<Resource<S>> get(String name) {
                    return Optional.empty();
                }

                @Override
                public Collection<Resource<S>> list() {
                    return List.of();
                }

                @Override
                public AutoCloseable watch(Consumer<String> listener) {
                    return () -> {};
                }
            };
        }
    }
}
