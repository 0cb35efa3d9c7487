/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.MetadataCache;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.fault.FaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * One server of the cluster, a broker or the controller, which can be started and stopped again and again.
 *
 * <p>It builds what {@code KafkaRaftServer} builds, from the same parts. {@code KafkaRaftServer} itself offers neither
 * the server sockets nor the fault handlers, and its own end the JVM. Not thread-safe, except for what asks a broker
 * what it knows.
 */
final class KafkaNode {

    static final String HOST = "localhost";
    static final String CLIENT_LISTENER = "CLIENT";
    static final String INTERNAL_LISTENER = "INTERNAL";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    static final Set<String> LISTENERS = Set.of(CLIENT_LISTENER, INTERNAL_LISTENER, CONTROLLER_LISTENER);

    private static final Logger LOG = LoggerFactory.getLogger(KafkaNode.class);

    private final int nodeId;
    private final Map<String, String> properties;
    private final ListenerSockets sockets;
    private @Nullable ControllerServer controller;
    private volatile @Nullable BrokerServer broker;

    /** @param sockets bound for every listener that {@code properties} name. */
    KafkaNode(int nodeId, Map<String, String> properties, ListenerSockets sockets) {
        this.nodeId = nodeId;
        this.properties = Map.copyOf(properties);
        this.sockets = sockets;
    }

    int nodeId() {
        return nodeId;
    }

    InetSocketAddress address(String listener) {
        return new InetSocketAddress(HOST, sockets.port(listener));
    }

    boolean isRunning() {
        return broker != null;
    }

    /** Returns when the controller answers requests. */
    void startController() {
        KafkaConfig config = new KafkaConfig(new HashMap<>(properties));
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> storage =
                KafkaRaftServer.initializeLogDirs(config, LOG, logPrefix());
        controller =
                new ControllerServer(sharedServer(config, storage._1()), KafkaRaftServer.configSchema(), storage._2());
        controller.startup();
    }

    void startBroker() {
        prepareBroker().run();
    }

    /**
     * Creates the broker, in turn with others: Kafka registers metrics of the whole JVM here, and nodes that do so at
     * once get in each other's way.
     *
     * @return starts it, beside others; ends when it is registered, has caught up and is no longer fenced
     */
    Runnable prepareBroker() {
        sockets.rebind();
        KafkaConfig config = new KafkaConfig(new HashMap<>(properties));
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> storage =
                KafkaRaftServer.initializeLogDirs(config, LOG, logPrefix());
        BrokerServer prepared = new BrokerServer(sharedServer(config, storage._1()));
        return () -> {
            prepared.startup();
            broker = prepared;
        };
    }

    /** @param patience how long the broker may take to hand its leaderships over; zero is not at all. */
    void stopBroker(Duration patience) {
        BrokerServer stopping = broker;
        if (stopping != null) {
            broker = null;
            stopping.shutdown(patience);
            stopping.awaitShutdown();
        }
        sockets.close();
    }

    void stopController() {
        ControllerServer stopping = controller;
        if (stopping != null) {
            controller = null;
            stopping.shutdown();
            stopping.awaitShutdown();
        }
        sockets.close();
    }

    /** Whether this broker's metadata says that exactly {@code count} brokers are alive. */
    boolean seesBrokers(int count) {
        return metadata()
                        .getAliveBrokerNodes(ListenerName.normalised(CLIENT_LISTENER))
                        .size()
                == count;
    }

    /** The partition's leader as this broker knows it; -1 is none, or unknown. */
    int leaderOf(TopicPartition partition) {
        return metadata()
                .getLeaderAndIsr(partition.topic(), partition.partition())
                .map(state -> state.leader())
                .orElse(-1);
    }

    private MetadataCache metadata() {
        BrokerServer running = broker;
        if (running == null) {
            throw new IllegalStateException("broker %d: stopped (expected: running)".formatted(nodeId));
        }
        return running.metadataCache();
    }

    private SharedServer sharedServer(KafkaConfig config, MetaPropertiesEnsemble storage) {
        QuorumConfig quorum = config.quorumConfig();
        return new SharedServer(
                config,
                storage,
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(QuorumConfig.parseVoterConnections(quorum.voters())),
                QuorumConfig.parseBootstrapServers(quorum.bootstrapServers()),
                (name, fatal, action) -> faultHandler(name, action),
                sockets);
    }

    private FaultHandler faultHandler(String name, Runnable action) {
        return (message, cause) -> {
            LOG.error("{}{}: {}", logPrefix(), name, message, cause);
            action.run();
            return new IllegalStateException(name + ": " + message, cause);
        };
    }

    private String logPrefix() {
        return "[node " + nodeId + "] ";
    }
}
