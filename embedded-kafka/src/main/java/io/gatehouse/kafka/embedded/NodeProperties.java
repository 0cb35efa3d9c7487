/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import static io.gatehouse.kafka.embedded.KafkaNode.CLIENT_LISTENER;
import static io.gatehouse.kafka.embedded.KafkaNode.CONTROLLER_LISTENER;
import static io.gatehouse.kafka.embedded.KafkaNode.HOST;
import static io.gatehouse.kafka.embedded.KafkaNode.INTERNAL_LISTENER;

import io.gatehouse.kafka.embedded.EmbeddedKafkaBuilder.ProxyListener;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * What a node is configured with: Kafka's defaults, except where a test needs a small, fast and predictable cluster.
 *
 * @param brokers how many brokers the cluster starts with; replication follows it
 * @param controllerPort where the controller is
 * @param clientSecurity the security protocol of the listener for clients
 * @param proxyListeners more listeners for clients, of which the advertised port is a proxy's
 * @param listeners more listeners for clients, with their security protocols
 * @param overrides said by the user; they win
 */
record NodeProperties(
        int brokers,
        int controllerPort,
        String clientSecurity,
        List<ProxyListener> proxyListeners,
        Map<String, SecurityProtocol> listeners,
        Map<String, String> overrides) {

    Map<String, String> controller(int nodeId, Path folder) {
        Map<String, String> properties = common(nodeId, folder);
        properties.put("process.roles", "controller");
        properties.put("listeners", listener(CONTROLLER_LISTENER, controllerPort));
        return properties;
    }

    /** @param ports of what is in {@link #listeners} */
    Map<String, String> broker(int nodeId, Path folder, int clientPort, int internalPort, Map<String, Integer> ports) {
        Map<String, String> properties = common(nodeId, folder);
        properties.put("process.roles", "broker");
        StringBuilder bound = new StringBuilder(listener(CLIENT_LISTENER, clientPort))
                .append(',')
                .append(listener(INTERNAL_LISTENER, internalPort));
        ports.forEach((name, port) -> bound.append(',').append(listener(name, port)));
        StringBuilder advertised = new StringBuilder(bound);
        for (ProxyListener proxy : proxyListeners) {
            bound.append(',').append(listener(proxy.name(), proxy.port()));
            advertised.append(',').append(listener(proxy.name(), proxy.advertisedPort()));
        }
        properties.put("listeners", bound.toString());
        properties.put("advertised.listeners", advertised.toString());
        properties.put("inter.broker.listener.name", INTERNAL_LISTENER);
        return properties;
    }

    private Map<String, String> common(int nodeId, Path folder) {
        Map<String, String> properties = new HashMap<>();
        properties.putAll(replication());
        properties.putAll(speed());
        properties.putAll(size());
        StringBuilder security = new StringBuilder("%s:%s,%s:PLAINTEXT,%s:PLAINTEXT"
                .formatted(CLIENT_LISTENER, clientSecurity, INTERNAL_LISTENER, CONTROLLER_LISTENER));
        proxyListeners.forEach(
                proxy -> security.append(',').append(proxy.name()).append(":PLAINTEXT"));
        listeners.forEach((name, protocol) ->
                security.append(',').append(name).append(':').append(protocol.name()));
        properties.put("listener.security.protocol.map", security.toString());
        // A leader that a test has moved stays where it is.
        properties.put("auto.leader.rebalance.enable", "false");
        properties.putAll(overrides);
        properties.put("node.id", Integer.toString(nodeId));
        properties.put("log.dirs", folder.toString());
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        properties.put("controller.quorum.bootstrap.servers", HOST + ":" + controllerPort);
        return properties;
    }

    private Map<String, String> replication() {
        String replicas = Integer.toString(Math.min(brokers, 3));
        String inSync = brokers < 3 ? "1" : "2";
        // As many partitions as brokers, so that every broker coordinates something.
        String partitions = Integer.toString(brokers);
        return Map.of(
                "offsets.topic.replication.factor", replicas,
                "offsets.topic.num.partitions", partitions,
                "transaction.state.log.replication.factor", replicas,
                "transaction.state.log.min.isr", inSync,
                "transaction.state.log.num.partitions", partitions,
                "share.coordinator.state.topic.replication.factor", replicas,
                "share.coordinator.state.topic.min.isr", inSync,
                "share.coordinator.state.topic.num.partitions", partitions);
    }

    private static Map<String, String> speed() {
        return Map.ofEntries(
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("group.streams.initial.rebalance.delay.ms", "0"),
                Map.entry("group.min.session.timeout.ms", "1000"),
                Map.entry("group.consumer.min.session.timeout.ms", "1000"),
                Map.entry("group.consumer.min.heartbeat.interval.ms", "100"),
                Map.entry("group.consumer.heartbeat.interval.ms", "500"),
                Map.entry("group.consumer.assignment.interval.ms", "0"),
                Map.entry("group.share.min.session.timeout.ms", "1000"),
                Map.entry("group.share.min.heartbeat.interval.ms", "100"),
                Map.entry("group.share.heartbeat.interval.ms", "500"),
                Map.entry("group.share.assignment.interval.ms", "0"),
                Map.entry("group.share.min.record.lock.duration.ms", "1000"),
                Map.entry("group.streams.min.session.timeout.ms", "1000"),
                Map.entry("group.streams.min.heartbeat.interval.ms", "100"),
                Map.entry("group.streams.heartbeat.interval.ms", "500"),
                Map.entry("group.streams.assignment.interval.ms", "0"),
                Map.entry("server.max.startup.time.ms", "60000"),
                Map.entry("broker.heartbeat.interval.ms", "500"),
                Map.entry("controller.quorum.append.linger.ms", "0"),
                Map.entry("replica.fetch.wait.max.ms", "100"),
                Map.entry("replica.fetch.backoff.ms", "50"),
                Map.entry("replica.high.watermark.checkpoint.interval.ms", "1000"));
    }

    private static Map<String, String> size() {
        return Map.ofEntries(
                Map.entry("num.network.threads", "1"),
                Map.entry("num.io.threads", "4"),
                Map.entry("background.threads", "2"),
                Map.entry("num.recovery.threads.per.data.dir", "1"),
                Map.entry("group.coordinator.threads", "1"),
                Map.entry("group.coordinator.background.threads", "1"),
                Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
                Map.entry("log.cleaner.io.buffer.size", "65536"),
                Map.entry("log.index.size.max.bytes", "1048576"),
                Map.entry("offsets.load.buffer.size", "65536"),
                Map.entry("transaction.state.log.load.buffer.size", "65536"),
                Map.entry("share.coordinator.load.buffer.size", "65536"));
    }

    private static String listener(String name, int port) {
        return name + "://" + HOST + ":" + port;
    }
}
