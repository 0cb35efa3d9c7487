/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.AuthenticationMethods;
import io.gatehouse.kernel.client.ClientListener;
import io.gatehouse.kernel.client.ListenerTls;
import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.GatehouseConfig;
import io.gatehouse.kernel.config.ListenerConfig;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.config.RouteConfig;
import io.gatehouse.kernel.resources.VirtualClusterSpec;
import io.gatehouse.kernel.resources.VirtualClusterSpec.ClusterOperations;
import io.gatehouse.kernel.routing.NodePorts;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A listener as the bootstrap file describes it, with the virtual clusters that resources describe. Thread-safe. */
final class ConfiguredListener implements ClientListener {

    private final ListenerConfig config;
    private final NodePorts ports;
    private final GatehouseConfig gateway;
    private final Clusters clusters;
    private final ResourceView<VirtualClusterSpec> virtualClusters;
    private final Authenticators authenticators;
    private final Optional<ReloadedTls> tls;

    /**
     * @param path of the listener in the bootstrap file
     * @param before the same listener as it was: its TLS goes on where that has not changed
     * @throws ConfigException when TLS cannot work
     */
    ConfiguredListener(
            ListenerConfig config,
            String path,
            GatehouseConfig gateway,
            Clusters clusters,
            ResourceView<VirtualClusterSpec> virtualClusters,
            Authenticators authenticators,
            @Nullable ConfiguredListener before) {
        this.config = config;
        this.gateway = gateway;
        this.clusters = clusters;
        this.virtualClusters = virtualClusters;
        this.authenticators = authenticators;
        this.tls = before != null && before.config.tls().equals(config.tls()) ? before.tls : tls(config, path);
        this.ports = new NodePorts(
                boundPorts(config),
                config.minNodeId(),
                config.hostToAdvertise(),
                config.portToAdvertise(config.firstPort()));
    }

    private static Optional<ReloadedTls> tls(ListenerConfig config, String path) {
        if (config.tls().isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> properties = config.tls().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, property -> String.valueOf(property.getValue())));
        try {
            return Optional.of(new ReloadedTls(properties));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("the configuration", List.of(new Problem(path + ".tls", e.getMessage())));
        }
    }

    private static List<Integer> boundPorts(ListenerConfig config) {
        return config.ports().stream()
                .flatMapToInt(range -> IntStream.rangeClosed(range.first(), range.last()))
                .boxed()
                .toList();
    }

    NodePorts ports() {
        return ports;
    }

    /** Whether it would be the same by another bootstrap file. */
    boolean isAsIn(ListenerConfig other, GatehouseConfig otherGateway) {
        return config.equals(other)
                && gateway.clusters().equals(otherGateway.clusters())
                && gateway.identity().equals(otherGateway.identity());
    }

    ListenerConfig config() {
        return config;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public Optional<Route> route(int port) {
        RouteConfig route = config.route();
        Optional<String> clusterName = route.cluster()
                .or(() -> route.virtualCluster()
                        .flatMap(virtualClusters::get)
                        .map(resource -> resource.spec().cluster()));
        return clusterName
                .flatMap(clusters::named)
                .map(cluster -> new Route(
                        cluster, route.virtualCluster(), route.allowsPassthrough(), ports.nodeOf(port), ports));
    }

    @Override
    public AuthenticationMethods methods() {
        Optional<VirtualClusterSpec> own =
                config.route().virtualCluster().flatMap(virtualClusters::get).map(Resource::spec);
        if (own.isPresent() && own.get().authentication().isPresent()) {
            return authenticators.of(AuthenticationList.ofVirtualCluster(
                    config.route().virtualCluster().orElseThrow()));
        }
        return authenticators.of(AuthenticationList.ofListener(config.name()));
    }

    @Override
    public Optional<ListenerTls> tls() {
        return tls.map(ReloadedTls::current);
    }

    /** Certificates are renewed while the gateway runs. */
    void reloadTlsIfChanged() {
        tls.ifPresent(ReloadedTls::reloadIfChanged);
    }

    @Override
    public boolean allowsPlaintextCredentials() {
        return config.allowPlaintextCredentials();
    }

    @Override
    public boolean allowsAnonymous(String cluster) {
        return gateway.clusters().stream().anyMatch(each -> each.name().equals(cluster) && each.allowAnonymous());
    }

    @Override
    public boolean allowsClusterOperations(String virtualCluster) {
        return virtualClusters
                .get(virtualCluster)
                .map(resource -> resource.spec().clusterOperations() == ClusterOperations.ALLOW)
                .orElse(false);
    }

    @Override
    public boolean mandatoryVirtualCluster() {
        return gateway.identity().mandatoryVirtualCluster();
    }
}
