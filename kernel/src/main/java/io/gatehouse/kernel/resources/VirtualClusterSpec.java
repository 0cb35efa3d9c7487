/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.AuthenticationEntry;
import io.gatehouse.kernel.config.DnsNames;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;
import java.util.Optional;

/** The spec of kind {@code VirtualCluster}: what a client sees as its cluster. Immutable. */
@Description("What a client sees as its cluster.")
public record VirtualClusterSpec(
        @Description("The cluster that backs it.") String cluster,

        @Description(
                "What it is called in the host names of listeners that route by SNI; without one it cannot be reached there.")
        Optional<String> label,

        @Description("Whether APIs that act on the whole cluster are forwarded.") @Default("refuse")
        ClusterOperations clusterOperations,

        @Description(
                "Replaces the listener's list where the route names this virtual cluster; elsewhere the names that are admitted.")
        Optional<List<AuthenticationEntry>> authentication) {

    /** What happens to APIs that act on the whole cluster. */
    public enum ClusterOperations {
        ALLOW,
        REFUSE
    }

    public VirtualClusterSpec {
        label.ifPresent(name -> DnsNames.requireLabel("label", name));
        if (authentication.filter(List::isEmpty).isPresent()) {
            throw new IllegalArgumentException(
                    "authentication: empty (expected: at least one entry such as {type: plain}, or the key left out)");
        }
    }
}
