/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of a cluster at one moment. Immutable.
 *
 * @param clusterId null while no broker has told
 * @param nodes by node id
 * @param versions by node id; a node whose versions could not be asked is absent
 */
public record ClusterState(
        @Nullable String clusterId, Map<Integer, Node> nodes, Map<Integer, BrokerVersions> versions) {

    static final ClusterState UNKNOWN = new ClusterState(null, Map.of(), Map.of());

    public ClusterState {
        nodes = java.util.Collections.unmodifiableMap(new TreeMap<>(nodes));
        versions = Map.copyOf(versions);
    }

    /** Whether any broker has answered. */
    public boolean isKnown() {
        return !versions.isEmpty();
    }

    public Optional<Node> node(int nodeId) {
        return Optional.ofNullable(nodes.get(nodeId));
    }

    public Optional<BrokerVersions> versions(int nodeId) {
        return Optional.ofNullable(versions.get(nodeId));
    }

    /** What all known nodes offer; empty while none is known. */
    public Optional<BrokerVersions> commonVersions() {
        Collection<BrokerVersions> all = versions.values();
        return all.isEmpty() ? Optional.empty() : Optional.of(BrokerVersions.intersection(all));
    }
}
