/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A plugin host over a folder of the test, polled by hand. */
final class PluginHostFixture implements AutoCloseable {

    final Path folder;
    final Path staging;
    final MeterRegistry meters = new SimpleMeterRegistry();
    final AtomicInteger openWatches = new AtomicInteger();
    final PluginHost host;
    final Path document;

    PluginHostFixture(Path root) {
        this(root, Duration.ofMinutes(10), Duration.ofMinutes(5));
    }

    PluginHostFixture(Path root, Duration drainDeadline, Duration leakAfter) {
        this.document = root.resolve("data").resolve("plugins.json");
        this.folder = root.resolve("plugins");
        this.staging = root.resolve("staging");
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PluginResources resources = new PluginResources() {
            @Override
            public <S extends Record> ResourceView<S> view(ResourceKind<S> kind) {
                return new EmptyView<>();
            }
        };
        PluginHostOptions options = new PluginHostOptions(
                Duration.ofSeconds(2),
                drainDeadline,
                leakAfter,
                Duration.ZERO,
                Map.of(ExtensionType.RESOURCE_KIND, Set.of("Interceptor")));
        this.host = new PluginHost(folder, staging, document, meters, resources, options);
    }

    PluginHostFixture start() {
        host.startWithoutPolling();
        return this;
    }

    PluginStatus status(String file) {
        return statuses(file).get(0);
    }

    List<PluginStatus> statuses(String file) {
        List<PluginStatus> found = host.snapshot().plugins().stream()
                .filter(status -> status.file().equals(file))
                .toList();
        assertThat(found).as("status of %s", file).isNotEmpty();
        return found;
    }

    Optional<LoadedExtension<InterceptorFactory<?>>> interceptor(String name) {
        return host.snapshot().find(ExtensionType.INTERCEPTOR, name);
    }

    PluginGeneration generation(String id) {
        return host.snapshot().generation(id).orElseThrow();
    }

    @Override
    public void close() {
        host.close();
        meters.close();
    }

    private final class EmptyView<S extends Record> implements ResourceView<S> {
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
            openWatches.incrementAndGet();
            return openWatches::decrementAndGet;
        }
    }
}
