/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The bootstrap file {@code conf/gatehouse.yaml}: what counts from the start, or from a reload on. Immutable. */
public record GatehouseConfig(
        @Description("The Kafka clusters behind the gateway, at least one.")
        List<ClusterConfig> clusters,

        @Description("Where clients connect, at least one.") List<ListenerConfig> listeners,

        @Description("From an authentication to a user.") @Default("{}")
        IdentityConfig identity,

        @Description("Where declarative resources live.") @Default("{}")
        ResourcesConfig resources,

        @Description("Where plugins come from.") @Default("{}")
        PluginsConfig plugins,

        @Description("Health and metrics over HTTP.") @Default("{}")
        ManagementConfig management,

        @Description("Interfaces for operators, such as the HTTP API.") @Default("[]")
        List<AdministrationEntry> administration,

        @Description("Sizes and deadlines.") @Default("{}") LimitsConfig limits) {

    public GatehouseConfig {
        if (clusters.isEmpty()) {
            throw new IllegalArgumentException("clusters: empty (expected: at least one cluster)");
        }
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("listeners: empty (expected: at least one listener)");
        }
    }

    /** The {@code resources} block. Immutable. */
    public record ResourcesConfig(
            @Description("A resource store's name; file is the embedded one.") @Default("file")
            String store,

            @Description("The store's own keys.") @Default("{}")
            Map<String, Object> config) {}

    /** The {@code plugins} block. Immutable. */
    public record PluginsConfig(
            @Description("The folder of plugin jars.") @Default("plugins")
            Path folder,

            @Description("Ids of plugins without which the gateway is not ready.") @Default("[]")
            List<String> required,

            @Description("How long a replaced plugin may be held before connections that hold it are closed.")
            @Default("10m")
            Duration drainTimeout,

            @Description("How long a plugin that has ended may stay in memory before it is reported as a leak.")
            @Default("5m")
            Duration leakTimeout) {}

    /** The {@code management} block. Immutable. */
    public record ManagementConfig(
            @Description("The address to bind.") @Default("127.0.0.1")
            String address,

            @Description("The port; 0 for any free one.") @Default("9190")
            int port) {

        public ManagementConfig {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("port: " + port + " (expected: 0-65535)");
            }
        }
    }

    GatehouseConfig withIdentity(IdentityConfig changed) {
        return new GatehouseConfig(
                clusters, listeners, changed, resources, plugins, management, administration, limits);
    }
}
