/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.kernel.Gatehouse;
import io.gatehouse.kernel.config.ConfigLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A gateway in this JVM, with a home folder of its own, started from the files that an operator would write.
 *
 * <pre>{@code
 * TestGateway gateway = TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous().start();
 * gateway.bootstrapServers();
 * }</pre>
 */
public final class TestGateway implements AutoCloseable {

    /** How many ports a listener gets: the bootstrap and nodes 0 to 18. */
    public static final int PORTS = 20;

    private final Path home;
    private final int firstPort;
    private final Gatehouse gateway;

    private TestGateway(Path home, int firstPort, Gatehouse gateway) {
        this.home = home;
        this.firstPort = firstPort;
        this.gateway = gateway;
    }

    /** Starts a description. */
    public static Builder inFrontOf(String bootstrapServers) {
        return new Builder(bootstrapServers);
    }

    public String bootstrapServers() {
        return "localhost:" + firstPort;
    }

    /** The listener's bootstrap port. */
    public int bootstrapPort() {
        return firstPort;
    }

    /** The listener's port of a node. */
    public int portOf(int nodeId) {
        return firstPort + 1 + nodeId;
    }

    public Gatehouse gatehouse() {
        return gateway;
    }

    public Path home() {
        return home;
    }

    /** Writes or replaces a resource file; it takes about a second to count. */
    public void writeResources(String file, String yaml) {
        Builder.write(home.resolve("resources").resolve(file), yaml);
    }

    /** Edits the bootstrap file, which counts from the next reload on. */
    public void editConfig(UnaryOperator<String> edit) {
        Path file = home.resolve("gatehouse.yaml");
        try {
            Builder.write(file, edit.apply(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a jar into the plugins folder, as an operator would. */
    public void dropPlugin(Path jar) {
        Builder.copyPlugin(jar, home.resolve("plugins"));
    }

    /** The jar that a module of this project has built. */
    public static Path jarOf(String module) {
        Path target = Path.of(System.getProperty("gatehouse.root", ".."))
                .resolve(module)
                .resolve("target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".jar"))
                    .filter(file -> !file.getFileName().toString().startsWith("original-"))
                    .filter(file -> !file.getFileName().toString().contains("-sources"))
                    .filter(file -> !file.getFileName().toString().contains("-tests"))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException(target + ": no jar (expected: a module that is packaged)"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a resource file away; it takes about a second to count. */
    public void deleteResources(String file) {
        delete(home.resolve("resources").resolve(file));
    }

    /** Takes a jar out of the plugins folder. */
    public void removePlugin(Path jar) {
        delete(home.resolve("plugins").resolve(jar.getFileName()));
    }

    /** The answer of health or metrics. */
    public HttpResponse<String> management(String path) {
        return Management.get(gateway.managementPort(), path);
    }

    /** The sum of a metric over its tags; 0 when there is none. */
    public double metric(String name) {
        return Management.metric(gateway.managementPort(), name);
    }

    @Override
    public void close() {
        gateway.close();
        delete(home);
    }

    static void delete(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Describes a gateway. */
    public static final class Builder {
        private final String bootstrapServers;
        private final Map<String, String> resources = new HashMap<>();
        private final List<Path> plugins = new ArrayList<>();
        private final StringBuilder limits = new StringBuilder();
        private String authentication = "[{type: plain}]";
        private String tls = "{}";
        private String route = "{cluster: local}";
        private String clusterProperties = "";
        private Map<String, String> environment = Map.of();
        private boolean allowAnonymous;
        private int minNodeId;
        private int ports = PORTS;
        private String extra = "";
        private String advertisedHost = "localhost";
        private int advertisedPort;
        private int firstPort;
        private final StringBuilder clusters = new StringBuilder();
        private final StringBuilder listeners = new StringBuilder();

        private Builder(String bootstrapServers) {
            this.bootstrapServers = bootstrapServers;
        }

        /** Without authentication. */
        public Builder anonymous() {
            authentication = "[{type: anonymous}]";
            allowAnonymous = true;
            return this;
        }

        /** The cluster may be used without authentication, where an {@code authentication} says so. */
        public Builder allowAnonymous() {
            allowAnonymous = true;
            return this;
        }

        /** With SASL/PLAIN, and accounts of which user name and password are the same. */
        public Builder accounts(String... users) {
            plugins.add(jarOf("plugins/auth-plain"));
            authentication = "[{type: plain, cost: 4}]";
            StringBuilder accounts = new StringBuilder();
            for (String user : users) {
                accounts.append("---\napiVersion: gatehouse/v1\nkind: Account\nmetadata: {name: ")
                        .append(user)
                        .append("}\nspec: {password: ")
                        .append(user)
                        .append("}\n");
            }
            resources.put("accounts.yaml", accounts.toString());
            return this;
        }

        /** The listener's {@code authentication}, as YAML. */
        public Builder authentication(String yaml) {
            authentication = yaml;
            return this;
        }

        /** The listener's {@code tls}, as YAML. */
        public Builder tls(String yaml) {
            tls = yaml;
            return this;
        }

        /** The listener's {@code route}, as YAML. */
        public Builder route(String yaml) {
            route = yaml;
            return this;
        }

        /** One of {@code limits}. */
        public Builder limit(String key, String value) {
            limits.append("  ").append(key).append(": ").append(value).append('\n');
            return this;
        }

        /** More of the cluster's {@code properties}: flow style, with a comma first. */
        public Builder clusterProperties(String yaml) {
            clusterProperties = yaml;
            return this;
        }

        public Builder minNodeId(int value) {
            minNodeId = value;
            return this;
        }

        /** How many ports the listener gets. */
        public Builder ports(int count) {
            ports = count;
            return this;
        }

        /** What clients are told instead of {@code localhost}. */
        public Builder advertisedHost(String host) {
            advertisedHost = host;
            return this;
        }

        /** What clients are told for the bootstrap port, instead of the bound one. */
        public Builder advertisedPort(int port) {
            advertisedPort = port;
            return this;
        }

        /** The bootstrap port, instead of any free one. */
        public Builder firstPort(int port) {
            firstPort = port;
            return this;
        }

        /** One more cluster. */
        public Builder cluster(String name, String bootstrapServers) {
            clusters.append("  - {name: ")
                    .append(name)
                    .append(", properties: {bootstrap.servers: \"")
                    .append(bootstrapServers)
                    .append("\"}}\n");
            return this;
        }

        /** One more listener: an element of {@code listeners} as YAML, flow style. */
        public Builder listener(String yaml) {
            listeners.append("  - ").append(yaml).append('\n');
            return this;
        }

        /** More top-level YAML. */
        public Builder extra(String yaml) {
            extra = yaml;
            return this;
        }

        /** A resource file. */
        public Builder resource(String file, String yaml) {
            resources.put(file, yaml);
            return this;
        }

        /** Several plugins' jars. */
        public Builder plugins(List<Path> jars) {
            jars.forEach(this::plugin);
            return this;
        }

        /** A plugin's jar. */
        public Builder plugin(Path jar) {
            plugins.add(jar);
            return this;
        }

        /** The environment that the bootstrap file is read with. */
        public Builder environment(Map<String, String> variables) {
            environment = Map.copyOf(variables);
            return this;
        }

        /** Starts it on free ports. */
        public TestGateway start() {
            Written written = write();
            return new TestGateway(
                    written.home(),
                    written.firstPort(),
                    Gatehouse.start(ConfigLoader.load(written.config(), environment), written.home()));
        }

        /** Its files, for whoever starts it in another way. */
        record Written(Path home, Path config, int firstPort) {}

        /** Writes its files, with free ports. */
        Written write() {
            try {
                Path home = Files.createTempDirectory("gatehouse-it");
                Files.createDirectories(home.resolve("resources"));
                Files.createDirectories(home.resolve("plugins"));
                plugins.forEach(jar -> copyPlugin(jar, home.resolve("plugins")));
                resources.forEach(
                        (file, yaml) -> write(home.resolve("resources").resolve(file), yaml));
                int first = firstPort == 0 ? FreePorts.take(ports) : firstPort;
                Path config = home.resolve("gatehouse.yaml");
                write(config, yaml(first));
                return new Written(home, config, first);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String yaml(int first) {
            return """
                    clusters:
                      - name: local
                        allowAnonymous: %s
                        properties: {bootstrap.servers: "%s"%s}
                    %slisteners:
                      - name: apps
                        ports: ["%d-%d"]
                        advertisedHost: %s
                        advertisedPort: %d
                        minNodeId: %d
                        route: %s
                        tls: %s
                        authentication: %s
                    %smanagement: {port: 0}
                    %s%s""".formatted(
                            allowAnonymous,
                            bootstrapServers,
                            clusterProperties,
                            clusters,
                            first,
                            first + ports - 1,
                            advertisedHost,
                            advertisedPort == 0 ? first : advertisedPort,
                            minNodeId,
                            route,
                            tls,
                            authentication,
                            listeners,
                            limits.isEmpty() ? "" : "limits:\n" + limits,
                            extra);
        }

        private static void copyPlugin(Path jar, Path folder) {
            try {
                Path copy = folder.resolve(jar.getFileName());
                Files.copy(jar, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void write(Path file, String text) {
            try {
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
