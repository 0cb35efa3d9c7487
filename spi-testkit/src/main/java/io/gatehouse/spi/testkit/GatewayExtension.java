/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.kernel.Gatehouse;
import io.gatehouse.kernel.config.ConfigLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real gateway in the JVM of the test, with the plugin under test in its plugins folder, in front of a {@link ScriptedBroker} or a real
 * cluster. One per test class; without authentication unless said otherwise.
 *
 * <pre>{@code
 * static final ScriptedBroker broker = ScriptedBroker.start();
 *
 * @RegisterExtension
 * static final GatewayExtension gateway = GatewayExtension.inFrontOf(broker.bootstrapServers())
 *         .pluginFromClasses("my-plugin", Path.of("target/classes"))
 *         .resource("""
 *                 apiVersion: gatehouse/v1
 *                 kind: Interceptor
 *                 metadata: {name: mine}
 *                 spec: {type: my-type, scope: {all: true}, config: {}}
 *                 """);
 * }</pre>
 */
public final class GatewayExtension implements BeforeAllCallback, AfterAllCallback {

    /** The bootstrap port and those of nodes 0 to 8. */
    private static final int PORTS = 10;

    private final String brokers;
    private final List<Consumer<Path>> plugins = new ArrayList<>();
    private final List<String> resources = new ArrayList<>();
    private String authentication = "[{type: anonymous}]";
    private @Nullable Path home;
    private @Nullable Gatehouse gateway;
    private int firstPort;

    private GatewayExtension(String brokers) {
        this.brokers = brokers;
    }

    /** @param bootstrapServers of the cluster */
    public static GatewayExtension inFrontOf(String bootstrapServers) {
        return new GatewayExtension(bootstrapServers);
    }

    /** A plugin's jar. */
    public GatewayExtension plugin(Path jar) {
        plugins.add(folder -> {
            try {
                Path copy = folder.resolve(jar.getFileName());
                Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return this;
    }

    /**
     * A plugin as it is compiled, for tests and breakpoints before it is packaged.
     *
     * @param parts class folders, such as {@code target/classes}, and jars of libraries
     */
    public GatewayExtension pluginFromClasses(String pluginId, Path... parts) {
        plugins.add(folder -> DevelopmentJar.write(pluginId, List.of(parts), folder.resolve(pluginId + ".jar")));
        return this;
    }

    /** A resource, or several with {@code ---} between them, as YAML. */
    public GatewayExtension resource(String yaml) {
        resources.add(yaml);
        return this;
    }

    /** The listener's {@code authentication}, as YAML. */
    public GatewayExtension authentication(String yaml) {
        authentication = yaml;
        return this;
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return "localhost:" + firstPort;
    }

    /** The gateway's home folder: {@code plugins} and {@code resources} in it are watched. */
    public Path home() {
        if (home == null) {
            throw new IllegalStateException("not started (expected: @RegisterExtension on a static field)");
        }
        return home;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Path folder = Files.createTempDirectory("gatehouse-test");
        home = folder;
        Files.createDirectories(folder.resolve("plugins"));
        Files.createDirectories(folder.resolve("resources"));
        plugins.forEach(plugin -> plugin.accept(folder.resolve("plugins")));
        for (int i = 0; i < resources.size(); i++) {
            Files.writeString(folder.resolve("resources").resolve("resource-" + i + ".yaml"), resources.get(i));
        }
        firstPort = freePorts();
        Path config = folder.resolve("gatehouse.yaml");
        Files.writeString(config, """
                clusters:
                  - {name: local, allowAnonymous: true, properties: {bootstrap.servers: "%s"}}
                listeners:
                  - name: test
                    ports: ["%d-%d"]
                    advertisedHost: localhost
                    route: {cluster: local}
                    authentication: %s
                management: {port: 0}
                """.formatted(brokers, firstPort, firstPort + PORTS - 1, authentication));
        gateway = Gatehouse.start(ConfigLoader.load(config, Map.of()), folder);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (gateway != null) {
            gateway.close();
        }
        if (home != null) {
            try (Stream<Path> tree = Files.walk(home)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private static int freePorts() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (areFree(first)) {
                return first;
            }
        }
        throw new IOException("no " + PORTS + " free ports in a row");
    }

    private static boolean areFree(int first) {
        for (int port = first; port < first + PORTS; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.getLocalPort();
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
