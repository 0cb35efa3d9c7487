/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.Optional;

/** A route's {@code sni}: the host name that a client asks for in its TLS handshake leads to a virtual cluster and node. Immutable. */
public record SniConfig(
        @Description("What all host names end with, from a dot on, such as .kafka.example.org.")
        String suffix,

        @Description(
                "separate: bootstrap.<label><suffix> and broker-<node id>.<label><suffix>; shared: bootstrap-<label><suffix> and broker-<node id>-<label><suffix>, all of which one wildcard certificate covers.")
        @Default("separate")
        Form form,

        @Description("With route.cluster: the label that leads to the cluster itself, where the user decides.")
        Optional<String> clusterLabel) {

    /** How host names are built. */
    public enum Form {
        SEPARATE,
        SHARED
    }

    public SniConfig {
        DnsNames.requireSuffix("suffix", suffix);
        clusterLabel.ifPresent(label -> DnsNames.requireLabel("clusterLabel", label));
    }
}
