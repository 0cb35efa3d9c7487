/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka cluster in this JVM: one controller and any number of brokers, on free ports of loopback.
 *
 * <pre>{@code
 * try (EmbeddedKafkaCluster kafka = EmbeddedKafkaCluster.builder().brokers(3).build().start()) {
 *     producerProperties.put("bootstrap.servers", kafka.bootstrapServers());
 * }
 * }</pre>
 *
 * <p>The controller is a node of its own, so every broker can be stopped. Each broker has a listener {@code CLIENT},
 * the one that all methods here speak of, and a plaintext listener {@code INTERNAL} for the other brokers and for
 * {@link #admin()}: security that is configured for clients leaves the cluster itself alone. Share groups (KIP-932),
 * streams groups (KIP-1071) and the newest metadata version are enabled, preferred leaders are not restored by
 * themselves, and group heartbeats are short.
 *
 * <p>Thread-safe. A method that changes the cluster returns when the change is visible to clients of every running
 * broker, and throws {@link IllegalStateException} when that takes more than a minute.
 */
public final class EmbeddedKafkaCluster implements AutoCloseable {

    private static final Duration HANDOVER = Duration.ofSeconds(30);

    private final EmbeddedKafkaBuilder settings;
    private final ClusterStorage storage;
    private final NodeProperties properties;
    private final KafkaNode controller;
    private final TreeMap<Integer, KafkaNode> brokers = new TreeMap<>();
    private @Nullable Admin admin;
    private State state = State.NEW;

    private enum State {
        NEW,
        RUNNING,
        CLOSED
    }

    EmbeddedKafkaCluster(EmbeddedKafkaBuilder settings) {
        this.settings = settings;
        storage = ClusterStorage.open(settings.dataFolder(), EmbeddedKafkaBuilder.CONTROLLER_ID);
        ListenerSockets controllerSockets = new ListenerSockets();
        controllerSockets.bind(KafkaNode.CONTROLLER_LISTENER, 0);
        properties = settings.nodeProperties(controllerSockets.port(KafkaNode.CONTROLLER_LISTENER));
        controller = new KafkaNode(
                EmbeddedKafkaBuilder.CONTROLLER_ID,
                properties.controller(
                        EmbeddedKafkaBuilder.CONTROLLER_ID, storage.nodeFolder(EmbeddedKafkaBuilder.CONTROLLER_ID)),
                controllerSockets);
        try {
            settings.nodeIds().forEach(nodeId -> brokers.put(nodeId, createBroker(nodeId)));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    public static EmbeddedKafkaBuilder builder() {
        return new EmbeddedKafkaBuilder();
    }

    /** Starts controller and brokers together; returns this cluster when every broker knows of every other. */
    public synchronized EmbeddedKafkaCluster start() {
        requireState(State.NEW);
        state = State.RUNNING;
        try {
            storage.formatController(controller.nodeId(), properties.controllerPort(), settings.scramArguments());
            brokers.keySet().forEach(storage::formatBroker);
            controller.startController();
            Waiting.forAll(brokers.values().stream().map(KafkaNode::prepareBroker));
            awaitMembership();
            return this;
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Host and port of every broker's client listener, also of stopped ones, in the order of node ids. */
    public synchronized String bootstrapServers() {
        return brokers.values().stream()
                .map(broker -> hostAndPort(broker, KafkaNode.CLIENT_LISTENER))
                .collect(Collectors.joining(","));
    }

    /** As {@link #bootstrapServers()}, of a listener that {@link EmbeddedKafkaBuilder#listener} has added. */
    public synchronized String bootstrapServers(String listener) {
        return brokers.values().stream()
                .map(broker -> hostAndPort(broker, listener))
                .collect(Collectors.joining(","));
    }

    /** The address on which this broker serves clients, whether it runs or not. It never changes. */
    public synchronized InetSocketAddress brokerAddress(int nodeId) {
        return broker(nodeId).address(KafkaNode.CLIENT_LISTENER);
    }

    /** The brokers of this cluster, ascending, also stopped ones; the controller is none. */
    public synchronized List<Integer> nodeIds() {
        return List.copyOf(brokers.keySet());
    }

    public String clusterId() {
        return storage.clusterId();
    }

    /** Stops a broker in good order: it hands its leaderships over first. Its port refuses connections until it returns. */
    public synchronized void stopBroker(int nodeId) {
        requireState(State.RUNNING);
        broker(nodeId).stopBroker(HANDOVER);
        awaitMembership();
    }

    /** Starts a stopped broker again: same id, port and data. */
    public synchronized void startBroker(int nodeId) {
        requireState(State.RUNNING);
        KafkaNode broker = broker(nodeId);
        if (broker.isRunning()) {
            throw new IllegalStateException("broker %d: running (expected: stopped)".formatted(nodeId));
        }
        // Else the controller would refuse it until the session of its former self expires.
        Waiting.resultOf(admin().unregisterBroker(nodeId).all());
        broker.startBroker();
        awaitMembership();
    }

    /** Adds and starts a broker. */
    public synchronized void addBroker(int nodeId) {
        requireState(State.RUNNING);
        EmbeddedKafkaBuilder.requireFreeNodeId(nodeId, brokers.keySet());
        storage.formatBroker(nodeId);
        KafkaNode broker = createBroker(nodeId);
        broker.startBroker();
        brokers.put(nodeId, broker);
        awaitMembership();
    }

    /**
     * Creates a topic; returns its id when every running broker knows the leaders of all its partitions. One of the same
     * name goes first: a test that failed finds a new topic when it is run again.
     */
    public Uuid createTopic(String name, int partitions, int replicationFactor) {
        NewTopic topic = new NewTopic(name, partitions, (short) replicationFactor);
        Uuid topicId;
        try {
            topicId = create(topic);
        } catch (IllegalStateException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            delete(name);
            topicId = create(topic);
        }
        for (int partition = 0; partition < partitions; partition++) {
            TopicPartition created = new TopicPartition(name, partition);
            Waiting.until(
                    created + " has a leader",
                    () -> running().stream().allMatch(broker -> broker.leaderOf(created) >= 0));
        }
        return topicId;
    }

    private Uuid create(NewTopic topic) {
        return Waiting.resultOf(admin().createTopics(List.of(topic)).topicId(topic.name()));
    }

    private void delete(String topic) {
        Waiting.resultOf(admin().deleteTopics(List.of(topic)).all());
        Waiting.until(
                topic + " is gone",
                () -> running().stream().allMatch(broker -> broker.leaderOf(new TopicPartition(topic, 0)) < 0));
    }

    /** Makes a running broker the leader of a partition, as its first replica; it becomes a replica if it is none. */
    public void moveLeader(TopicPartition partition, int nodeId) {
        List<Integer> replicas = new ArrayList<>(replicasOf(partition));
        int surplus = replicas.contains(nodeId) ? 0 : 1;
        replicas.remove((Integer) nodeId);
        replicas.add(0, nodeId);
        List<Integer> target = List.copyOf(replicas.subList(0, replicas.size() - surplus));
        Waiting.resultOf(admin().alterPartitionReassignments(
                        Map.of(partition, Optional.of(new NewPartitionReassignment(target))))
                .all());
        Waiting.until(
                partition + " is on " + target,
                () -> Waiting.resultOf(admin().listPartitionReassignments(Set.of(partition))
                                .reassignments())
                        .isEmpty());
        // A broker that has just started is none of those that may lead.
        Waiting.until(
                nodeId + " is in sync for " + partition,
                () -> describe(partition).isr().stream().anyMatch(node -> node.id() == nodeId));
        Optional<Throwable> problem = Waiting.resultOf(admin().electLeaders(ElectionType.PREFERRED, Set.of(partition))
                        .partitions())
                .get(partition);
        if (problem.isPresent() && !(problem.get() instanceof ElectionNotNeededException)) {
            throw new IllegalStateException("leader of " + partition + " (expected: " + nodeId + ")", problem.get());
        }
        Waiting.until(
                "the leader of " + partition + " is " + nodeId,
                () -> running().stream().allMatch(broker -> broker.leaderOf(partition) == nodeId));
    }

    /**
     * An Admin client that all share; do not close it. It uses the listeners {@code INTERNAL}, so it needs no
     * credentials, and the addresses that it reports are not those of {@link #brokerAddress}.
     */
    public synchronized Admin admin() {
        requireState(State.RUNNING);
        if (admin == null) {
            String servers = brokers.values().stream()
                    .map(broker -> hostAndPort(broker, KafkaNode.INTERNAL_LISTENER))
                    .collect(Collectors.joining(","));
            admin = Admin.create(Map.of("bootstrap.servers", servers, "client.id", "embedded-kafka-admin"));
        }
        return admin;
    }

    /** Stops everything at once and deletes the temporary folders. Closing again does nothing. */
    @Override
    public synchronized void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
        try {
            Waiting.forAll(brokers.values().stream().map(broker -> () -> broker.stopBroker(HANDOVER)));
        } finally {
            controller.stopController();
            storage.close();
        }
    }

    private KafkaNode createBroker(int nodeId) {
        ListenerSockets sockets = new ListenerSockets();
        sockets.bind(KafkaNode.CLIENT_LISTENER, settings.clientPort(nodeId));
        sockets.bind(KafkaNode.INTERNAL_LISTENER, 0);
        settings.listeners().keySet().forEach(name -> sockets.bind(name, 0));
        settings.proxyListeners().forEach(proxy -> sockets.bind(proxy.name(), proxy.port()));
        Map<String, String> configuration = properties.broker(
                nodeId,
                storage.nodeFolder(nodeId),
                sockets.port(KafkaNode.CLIENT_LISTENER),
                sockets.port(KafkaNode.INTERNAL_LISTENER),
                settings.listeners().keySet().stream().collect(Collectors.toMap(name -> name, sockets::port)));
        return new KafkaNode(nodeId, configuration, sockets);
    }

    private void awaitMembership() {
        List<KafkaNode> running = running();
        Waiting.until(
                "every broker knows " + running.size() + " brokers",
                () -> running.stream().allMatch(broker -> broker.seesBrokers(running.size())));
    }

    private synchronized List<KafkaNode> running() {
        return brokers.values().stream().filter(KafkaNode::isRunning).toList();
    }

    private synchronized KafkaNode broker(int nodeId) {
        KafkaNode broker = brokers.get(nodeId);
        if (broker == null) {
            throw new IllegalArgumentException("broker: %d (expected: one of %s)".formatted(nodeId, brokers.keySet()));
        }
        return broker;
    }

    private List<Integer> replicasOf(TopicPartition partition) {
        return describe(partition).replicas().stream().map(Node::id).toList();
    }

    private TopicPartitionInfo describe(TopicPartition partition) {
        return Waiting.resultOf(
                        admin().describeTopics(List.of(partition.topic())).allTopicNames())
                .get(partition.topic())
                .partitions()
                .get(partition.partition());
    }

    private void requireState(State expected) {
        if (state != expected) {
            throw new IllegalStateException("embedded cluster: %s (expected: %s)".formatted(state, expected));
        }
    }

    private static String hostAndPort(KafkaNode broker, String listener) {
        InetSocketAddress address = broker.address(listener);
        return address.getHostString() + ":" + address.getPort();
    }
}
