/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.User;
import io.gatehouse.spi.config.Description;
import java.util.Optional;

/**
 * A listener's {@code route}: to a cluster, where the user decides the virtual cluster, to one virtual cluster, or by the host name that the
 * client asks for. Immutable.
 */
public record RouteConfig(
        @Description(
                "The cluster; the user's virtual cluster decides. With sni: only virtual clusters of this cluster.")
        Optional<String> cluster,

        @Description(
                "With cluster: whether users without a virtual cluster see the cluster as it is; true when left out.")
        Optional<Boolean> passthrough,

        @Description("The virtual cluster of everybody who comes here.")
        Optional<String> virtualCluster,

        @Description("The host name in the client's TLS handshake leads to the virtual cluster with its label.")
        Optional<SniConfig> sni) {

    public RouteConfig {
        if (sni.isPresent()) {
            requireFitsSni(cluster, passthrough, virtualCluster, sni.get());
        } else if (cluster.isPresent() == virtualCluster.isPresent()) {
            throw new IllegalArgumentException(
                    (cluster.isPresent() ? "both cluster and virtualCluster" : "neither cluster nor virtualCluster")
                            + " (expected: {cluster: <name>}, {virtualCluster: <name>} or {sni: {suffix: <suffix>}})");
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

    private static void requireFitsSni(
            Optional<String> cluster, Optional<Boolean> passthrough, Optional<String> virtualCluster, SniConfig sni) {
        if (virtualCluster.isPresent()) {
            throw new IllegalArgumentException("virtualCluster: \"" + virtualCluster.get()
                    + "\" (expected: left out, as sni finds it by its label)");
        }
        if (sni.clusterLabel().isPresent() && cluster.isEmpty()) {
            throw new IllegalArgumentException(
                    "sni.clusterLabel: \"" + sni.clusterLabel().get() + "\" (expected: with a cluster beside sni)");
        }
        if (sni.clusterLabel().isEmpty() && passthrough.isPresent()) {
            throw new IllegalArgumentException("passthrough: " + passthrough.get()
                    + " (expected: left out without sni.clusterLabel, as only that leads to no virtual cluster)");
        }
    }

    /** Whether users to whom nothing names a virtual cluster are let through transparently. */
    public boolean allowsPassthrough() {
        boolean leadsToCluster = cluster.isPresent()
                && sni.map(names -> names.clusterLabel().isPresent()).orElse(true);
        return leadsToCluster && passthrough.orElse(true);
    }
}
