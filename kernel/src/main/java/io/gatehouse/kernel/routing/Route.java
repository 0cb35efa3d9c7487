/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

import io.gatehouse.kernel.broker.Cluster;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a connection goes by the port it came in on, or by the host name that it asked for.
 *
 * @param cluster behind it
 * @param virtualCluster when the route names one; else the user decides
 * @param passthrough whether a user without a virtual cluster may have the reserved one
 * @param node empty on the bootstrap port or name
 * @param advertised addresses of the nodes for clients of this route
 */
public record Route(
        Cluster cluster,
        Optional<String> virtualCluster,
        boolean passthrough,
        OptionalInt node,
        Advertised advertised) {}
