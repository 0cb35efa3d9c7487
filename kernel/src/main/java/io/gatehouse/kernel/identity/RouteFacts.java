/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import java.util.Optional;

/**
 * What the route of a connection says about its users. Immutable.
 *
 * @param cluster the cluster that the route leads to, by itself or through its virtual cluster
 * @param virtualCluster the virtual cluster that the route names
 * @param passthrough whether users to whom nothing names a virtual cluster are let through transparently
 * @param mandatory whether a virtual cluster must be named by something, whatever {@code passthrough} says
 * @param anonymousAllowed whether the cluster allows connections without authentication
 */
public record RouteFacts(
        String cluster,
        Optional<String> virtualCluster,
        boolean passthrough,
        boolean mandatory,
        boolean anonymousAllowed) {}
