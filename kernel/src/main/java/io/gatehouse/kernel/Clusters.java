/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.broker.BrokerConnector;
import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.kernel.broker.Transport;
import io.gatehouse.kernel.config.ClusterConfig;
import io.gatehouse.kernel.config.LimitsConfig;
import io.gatehouse.kernel.operations.Health;
import io.gatehouse.kernel.wire.Codec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.utils.Utils;

/** The clusters of the bootstrap file, each learning about itself from when it is there. Thread-safe. */
final class Clusters implements AutoCloseable {

    private static final int BLOCKING_THREADS = 4;
    private static final int BLOCKING_QUEUE = 10_000;

    private final Transport transport;
    private final Codec codec;
    private final LimitsConfig limits;
    private final Health health;
    private final ThreadPoolExecutor blocking;
    private final Map<String, Cluster> all = new ConcurrentHashMap<>();

    Clusters(Transport transport, Codec codec, LimitsConfig limits, Health health) {
        this.transport = transport;
        this.codec = codec;
        this.limits = limits;
        this.health = health;
        this.blocking = new ThreadPoolExecutor(
                BLOCKING_THREADS,
                BLOCKING_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(BLOCKING_QUEUE),
                new DefaultThreadFactory("gatehouse-blocking", true));
        blocking.allowCoreThreadTimeOut(true);
    }

    Optional<Cluster> named(String name) {
        return Optional.ofNullable(all.get(name));
    }

    /** Key and trust stores are renewed while the gateway runs. */
    void reloadTlsIfChanged() {
        all.values().forEach(Cluster::reloadTlsIfChanged);
    }

    /**
     * Makes those that are not there yet.
     *
     * @throws org.apache.kafka.common.KafkaException when the properties of one cannot work
     */
    Staged stage(List<ClusterConfig> wanted) {
        Map<String, Cluster> added = new LinkedHashMap<>();
        Staged change = new Staged() {
            @Override
            public void commit() {
                added.forEach((name, cluster) -> {
                    all.put(name, cluster);
                    health.addReadiness("cluster " + name, cluster::problem);
                    cluster.start();
                });
            }

            @Override
            public void discard() {
                added.values().forEach(Cluster::close);
            }
        };
        try {
            for (ClusterConfig config : wanted) {
                if (!all.containsKey(config.name())) {
                    added.put(config.name(), made(config));
                }
            }
        } catch (RuntimeException e) {
            change.discard();
            throw e;
        }
        return change;
    }

    private Cluster made(ClusterConfig config) {
        Map<String, String> properties = config.properties().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, property -> String.valueOf(property.getValue())));
        BrokerConnector connector =
                new BrokerConnector(transport, codec, properties, limits.brokerConnectTimeout(), blocking);
        return new Cluster(config.name(), bootstrapServers(config), connector, transport.nextLoop());
    }

    /** Addresses, which the configuration has checked. */
    private static List<Node> bootstrapServers(ClusterConfig cluster) {
        List<Node> servers = new ArrayList<>();
        for (String address : cluster.bootstrapServers().split(",")) {
            servers.add(new Node(-1 - servers.size(), Utils.getHost(address.strip()), Utils.getPort(address.strip())));
        }
        return servers;
    }

    @Override
    public void close() {
        Closing closing = new Closing();
        closing.add("blocking executor", blocking::shutdownNow);
        all.forEach((name, cluster) -> closing.add("cluster " + name, cluster));
        closing.close();
    }
}
