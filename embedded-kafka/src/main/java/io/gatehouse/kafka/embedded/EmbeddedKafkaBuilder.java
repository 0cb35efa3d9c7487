/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.jspecify.annotations.Nullable;

/** Says what an {@link EmbeddedKafkaCluster} shall be. Not thread-safe. */
public final class EmbeddedKafkaBuilder {

    static final int CONTROLLER_ID = 9_000;

    private static final String CLIENT_PREFIX = "listener.name.client.";

    /** These make the cluster one; the rest is the user's. */
    private static final Set<String> RESERVED = Set.of(
            "advertised.listeners",
            "broker.id",
            "controller.listener.names",
            "controller.quorum.bootstrap.servers",
            "controller.quorum.voters",
            "inter.broker.listener.name",
            "listeners",
            "log.dir",
            "log.dirs",
            "metadata.log.dir",
            "node.id",
            "process.roles",
            "security.inter.broker.protocol");

    private final Map<String, String> properties = new HashMap<>();
    private final Map<Integer, Integer> clientPorts = new HashMap<>();
    private final List<ProxyListener> proxyListeners = new ArrayList<>();
    private final Map<String, SecurityProtocol> listeners = new TreeMap<>();
    private final List<String> scramArguments = new ArrayList<>();
    private List<Integer> nodeIds = List.of(1);
    private SecurityProtocol clientSecurity = SecurityProtocol.PLAINTEXT;
    private @Nullable Path dataFolder;

    /**
     * A plaintext listener whose clients are told another port than its own.
     *
     * @param name in capital letters; not CLIENT, INTERNAL or CONTROLLER
     * @param port where the broker listens
     * @param advertisedPort where a proxy in front of it listens, on loopback too
     */
    record ProxyListener(String name, int port, int advertisedPort) {}

    EmbeddedKafkaBuilder() {}

    /** So many brokers with the ids 1, 2, 3 and so on; default 1. */
    public EmbeddedKafkaBuilder brokers(int count) {
        return nodeIds(IntStream.rangeClosed(1, count).toArray());
    }

    /** A broker for each of these ids, which may be sparse; in place of {@link #brokers}. */
    public EmbeddedKafkaBuilder nodeIds(int... ids) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("brokers: 0 (expected: at least 1)");
        }
        List<Integer> accepted = new ArrayList<>();
        for (int id : ids) {
            requireFreeNodeId(id, accepted);
            accepted.add(id);
        }
        nodeIds = List.copyOf(accepted);
        return this;
    }

    /**
     * Sets a broker configuration on every node, over what the cluster would choose.
     *
     * @throws IllegalArgumentException for what makes the cluster one: node ids, roles, listeners, folders
     */
    public EmbeddedKafkaBuilder property(String key, String value) {
        if (RESERVED.contains(key)) {
            throw new IllegalArgumentException("property: %s (expected: none of %s)"
                    .formatted(key, RESERVED.stream().sorted().toList()));
        }
        properties.put(key, value);
        return this;
    }

    /** The port on which this broker serves clients; default any free one, as is 0. */
    public EmbeddedKafkaBuilder clientPort(int nodeId, int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: %d (expected: 0-65535)".formatted(port));
        }
        clientPorts.put(nodeId, port);
        return this;
    }

    /**
     * One more listener, in plaintext, for clients who come through a proxy that does not speak Kafka: the broker
     * listens on {@code port} and tells them {@code advertisedPort}, so that they stay behind the proxy. For clusters of
     * one broker.
     *
     * @param name in capital letters
     */
    public EmbeddedKafkaBuilder proxyListener(String name, int port, int advertisedPort) {
        if (!name.matches("[A-Z][A-Z0-9_]*") || KafkaNode.LISTENERS.contains(name)) {
            throw new IllegalArgumentException(
                    "listener: %s (expected: capital letters, none of %s)".formatted(name, KafkaNode.LISTENERS));
        }
        proxyListeners.add(new ProxyListener(name, port, advertisedPort));
        return this;
    }

    /**
     * Keeps the data in this folder, where a later cluster with the same node ids finds it. Default is a temporary
     * folder, which is deleted when the cluster is closed.
     */
    public EmbeddedKafkaBuilder dataFolder(Path folder) {
        dataFolder = folder;
        return this;
    }

    /**
     * How clients are served; default PLAINTEXT. Keys, trust and mechanisms are {@link #property properties} that start
     * with {@code listener.name.client.}, for instance {@code listener.name.client.ssl.keystore.location}.
     */
    public EmbeddedKafkaBuilder clientSecurity(SecurityProtocol protocol) {
        clientSecurity = protocol;
        return this;
    }

    /**
     * One more listener of every broker, on a free port of loopback: see {@link EmbeddedKafkaCluster#bootstrapServers(String)}. Keys,
     * trust and mechanisms are {@link #property properties} that start with {@code listener.name.<name in small letters>.}.
     *
     * @param name in capital letters
     */
    public EmbeddedKafkaBuilder listener(String name, SecurityProtocol protocol) {
        if (!name.matches("[A-Z][A-Z0-9_]*") || KafkaNode.LISTENERS.contains(name)) {
            throw new IllegalArgumentException(
                    "listener: %s (expected: capital letters, none of %s)".formatted(name, KafkaNode.LISTENERS));
        }
        listeners.put(name, protocol);
        return this;
    }

    /** A user with a password that brokers know for SASL/SCRAM, by both mechanisms, on whatever listener has them. */
    public EmbeddedKafkaBuilder scramUser(String user, String password) {
        for (String mechanism : List.of("SCRAM-SHA-256", "SCRAM-SHA-512")) {
            scramArguments.add("%s=[name=%s,password=%s]".formatted(mechanism, user, password));
        }
        return this;
    }

    /** Clients must authenticate with SASL/PLAIN, without TLS, as one of these users. */
    public EmbeddedKafkaBuilder saslPlain(Map<String, String> passwordsByUser) {
        String users = passwordsByUser.entrySet().stream()
                .map(user -> " user_%s=\"%s\"".formatted(user.getKey(), user.getValue()))
                .collect(Collectors.joining());
        return sasl("PLAIN", PlainLoginModule.class.getName() + " required" + users + ";");
    }

    /** Clients must authenticate with SASL/SCRAM-SHA-256, without TLS, as one of these users. */
    public EmbeddedKafkaBuilder saslScram(Map<String, String> passwordsByUser) {
        passwordsByUser.forEach((user, password) ->
                scramArguments.add("SCRAM-SHA-256=[name=%s,password=%s]".formatted(user, password)));
        return sasl("SCRAM-SHA-256", ScramLoginModule.class.getName() + " required;");
    }

    /** Binds the ports; nothing runs until {@link EmbeddedKafkaCluster#start}. */
    public EmbeddedKafkaCluster build() {
        if (!proxyListeners.isEmpty() && nodeIds.size() > 1) {
            throw new IllegalArgumentException(
                    "brokers behind proxy listeners: %d (expected: 1)".formatted(nodeIds.size()));
        }
        return new EmbeddedKafkaCluster(this);
    }

    List<Integer> nodeIds() {
        return nodeIds;
    }

    int clientPort(int nodeId) {
        return clientPorts.getOrDefault(nodeId, 0);
    }

    List<ProxyListener> proxyListeners() {
        return List.copyOf(proxyListeners);
    }

    Map<String, SecurityProtocol> listeners() {
        return Map.copyOf(listeners);
    }

    List<String> scramArguments() {
        return List.copyOf(scramArguments);
    }

    @Nullable
    Path dataFolder() {
        return dataFolder;
    }

    NodeProperties nodeProperties(int controllerPort) {
        return new NodeProperties(
                nodeIds.size(),
                controllerPort,
                clientSecurity.name(),
                proxyListeners(),
                listeners(),
                Map.copyOf(properties));
    }

    static void requireFreeNodeId(int nodeId, Collection<Integer> taken) {
        if (nodeId < 0 || nodeId == CONTROLLER_ID || taken.contains(nodeId)) {
            throw new IllegalArgumentException(
                    "node id: %d (expected: at least 0, not the controller's %d, not one of %s)"
                            .formatted(nodeId, CONTROLLER_ID, taken));
        }
    }

    private EmbeddedKafkaBuilder sasl(String mechanism, String jaas) {
        clientSecurity = SecurityProtocol.SASL_PLAINTEXT;
        properties.merge(CLIENT_PREFIX + "sasl.enabled.mechanisms", mechanism, (others, one) -> others + "," + one);
        properties.put(CLIENT_PREFIX + mechanism.toLowerCase(Locale.ROOT) + ".sasl.jaas.config", jaas);
        return this;
    }
}
