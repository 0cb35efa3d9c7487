/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A listener's ports: the first is the bootstrap, node {@code n} gets {@code first + 1 + (n - minNodeId)}. Ranges may have gaps; a node
 * whose port is not among them is nowhere, never on a wrong port. Every gateway with the same configuration computes the same, so any
 * number of them can stand behind a load balancer.
 *
 * <p>Examples, tested by {@code NodePortsTest}:
 *
 * <pre>
 * ports          minNodeId   node 0   node 1   node 5
 * 19092-19192    0           19093    19094    19098
 * 19092-19192    1           nowhere  19093    19097
 * 19092-19094    0           19093    19094    nowhere
 * 19092, 19095   0           nowhere  nowhere  nowhere  (node 2 is on 19095)
 * </pre>
 */
public final class NodePorts implements Advertised {

    private final int[] ports;
    private final int minNodeId;
    private final String advertisedHost;
    private final int shift;

    /**
     * @param ports at least one; the first is the bootstrap
     * @param minNodeId the lowest node id
     * @param advertisedHost what clients connect to
     * @param advertisedPort the bootstrap port that clients connect to; the others are as far from it as the bound ones
     */
    public NodePorts(List<Integer> ports, int minNodeId, String advertisedHost, int advertisedPort) {
        this.ports = ports.stream().mapToInt(Integer::intValue).toArray();
        this.minNodeId = minNodeId;
        this.advertisedHost = advertisedHost;
        this.shift = advertisedPort - this.ports[0];
    }

    /** The port that belongs to no node. */
    public int bootstrapPort() {
        return ports[0];
    }

    /** All ports, in the configured order. */
    public int[] all() {
        return ports.clone();
    }

    /** The node of a bound port; empty for the bootstrap. */
    public OptionalInt nodeOf(int port) {
        return port == ports[0] ? OptionalInt.empty() : OptionalInt.of(port - ports[0] - 1 + minNodeId);
    }

    @Override
    public @Nullable Endpoint of(int nodeId) {
        long port = (long) ports[0] + 1 + nodeId - minNodeId;
        boolean bound = nodeId >= minNodeId && Arrays.stream(ports).skip(1).anyMatch(candidate -> candidate == port);
        return bound ? new Endpoint(advertisedHost, (int) port + shift) : null;
    }
}
