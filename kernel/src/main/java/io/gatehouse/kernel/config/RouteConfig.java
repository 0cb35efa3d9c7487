/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.User;
import io.gatehouse.spi.config.Description;
import java.util.Optional;

/** A listener's {@code route}: to a cluster, where the user decides the virtual cluster, or to one virtual cluster. Immutable. */
public record RouteConfig(
        @Description("The cluster; the user's virtual cluster decides.")
        Optional<String> cluster,

        @Description(
                "With cluster: whether users without a virtual cluster see the cluster as it is; true when left out.")
        Optional<Boolean> passthrough,

        @Description("The virtual cluster of everybody who comes here.")
        Optional<String> virtualCluster) {

    public RouteConfig {
        if (cluster.isPresent() == virtualCluster.isPresent()) {
            throw new IllegalArgumentException(
                    (cluster.isPresent() ? "both cluster and virtualCluster" : "neither cluster nor virtualCluster")
                            + " (expected: {cluster: <name>} or {virtualCluster: <name>})");
        }
        if (virtualCluster.isPresent() && passthrough.isPresent()) {
            throw new IllegalArgumentException("passthrough: " + passthrough.get()
                    + " (expected: left out, as virtualCluster " + virtualCluster.get() + " is for everybody)");
        }
        if (virtualCluster.filter(User.PASSTHROUGH::equals).isPresent()) {
            throw new IllegalArgumentException(
                    "virtualCluster: \"passthrough\" (expected: {cluster: <name>}, as every cluster has one)");
        }
    }

    /** Whether users to whom nothing names a virtual cluster are let through transparently. */
    public boolean allowsPassthrough() {
        return cluster.isPresent() && passthrough.orElse(true);
    }
}
