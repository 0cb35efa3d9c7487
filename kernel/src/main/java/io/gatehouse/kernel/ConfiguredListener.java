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
import io.gatehouse.kernel.config.RouteConfig;
import io.gatehouse.kernel.config.SniConfig;
import io.gatehouse.kernel.resources.VirtualClusterSpec;
import io.gatehouse.kernel.resources.VirtualClusterSpec.ClusterOperations;
import io.gatehouse.kernel.routing.NodePorts;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.kernel.routing.ServerNames;
import io.gatehouse.kernel.routing.ServerNames.Labelled;
import io.gatehouse.spi.resources.ResourceView;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A listener as the bootstrap file describes it, with the virtual clusters that resources describe. Thread-safe. */
final class ConfiguredListener implements ClientListener {

    private final ListenerConfig config;
    private final Optional<NodePorts> ports;
    private final Optional<ServerNames> serverNames;
    private final GatehouseConfig gateway;
    private final Clusters clusters;
    private final ResourceView<VirtualClusterSpec> virtualClusters;
    private final Authenticators authenticators;
    private final Optional<ListenerCertificates> tls;

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
        this.tls = before != null && sameCertificates(before.config, config) ? before.tls : tls(config, path);
        this.serverNames = config.route()
                .sni()
                .map(sni -> new ServerNames(
                        sni.form() == SniConfig.Form.SHARED, sni.suffix(), config.portToAdvertise(config.firstPort())));
        this.ports = serverNames.isPresent()
                ? Optional.empty()
                : Optional.of(new NodePorts(
                        boundPorts(config),
                        config.minNodeId(),
                        config.hostToAdvertise(),
                        config.portToAdvertise(config.firstPort())));
    }

    private static boolean sameCertificates(ListenerConfig before, ListenerConfig now) {
        return before.tls().equals(now.tls()) && before.certificates().equals(now.certificates());
    }

    private static Optional<ListenerCertificates> tls(ListenerConfig config, String path) {
        try {
            return config.tls().isEmpty() ? Optional.empty() : Optional.of(new ListenerCertificates(config));
        } catch (ListenerCertificates.UnusableException e) {
            throw new ConfigException("the configuration", List.of(e.problem(path)));
        }
    }

    private static List<Integer> boundPorts(ListenerConfig config) {
        return config.ports().stream()
                .flatMapToInt(range -> IntStream.rangeClosed(range.first(), range.last()))
                .boxed()
                .toList();
    }

    /** All ports, in the configured order. */
    int[] ports() {
        return boundPorts(config).stream().mapToInt(Integer::intValue).toArray();
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

    /**
     * Where clients come to who ask for brokers.
     *
     * @param virtualCluster whose host name they ask for, where the listener routes by that; else it does not matter
     */
    Optional<Route> bootstrapRoute(Optional<String> virtualCluster) {
        if (serverNames.isEmpty()) {
            return route(config.firstPort());
        }
        return virtualCluster
                .flatMap(virtualClusters::get)
                .flatMap(found -> found.spec().label())
                .or(() -> config.route().sni().flatMap(SniConfig::clusterLabel))
                .flatMap(label -> route(label, OptionalInt.empty()));
    }

    @Override
    public Optional<Route> route(int port) {
        RouteConfig route = config.route();
        Optional<String> clusterName = route.cluster()
                .or(() -> route.virtualCluster()
                        .flatMap(virtualClusters::get)
                        .map(resource -> resource.spec().cluster()));
        return ports.flatMap(all -> clusterName
                .flatMap(clusters::named)
                .map(cluster ->
                        new Route(cluster, route.virtualCluster(), route.allowsPassthrough(), all.nodeOf(port), all)));
    }

    @Override
    public Optional<Route> route(String serverName) {
        return serverNames.flatMap(
                names -> names.read(serverName).flatMap(meaning -> route(meaning.label(), meaning.node())));
    }

    private Optional<Route> route(String label, OptionalInt node) {
        Labelled addresses = serverNames.orElseThrow().of(label);
        RouteConfig route = config.route();
        if (route.sni().flatMap(SniConfig::clusterLabel).filter(label::equals).isPresent()) {
            return route.cluster()
                    .flatMap(clusters::named)
                    .map(cluster -> new Route(cluster, Optional.empty(), route.allowsPassthrough(), node, addresses));
        }
        return virtualClusters.list().stream()
                .filter(each -> isCalled(label, each.spec()))
                .findFirst()
                .flatMap(found -> clusters.named(found.spec().cluster())
                        .map(cluster -> new Route(cluster, Optional.of(found.name()), false, node, addresses)));
    }

    private boolean isCalled(String label, VirtualClusterSpec virtualCluster) {
        return virtualCluster.label().filter(label::equals).isPresent()
                && config.route()
                        .cluster()
                        .filter(cluster -> !cluster.equals(virtualCluster.cluster()))
                        .isEmpty();
    }

    @Override
    public boolean stillLeads(Route route) {
        if (!(route.advertised() instanceof Labelled addresses)) {
            return true;
        }
        return route(addresses.label(), route.node()).filter(route::equals).isPresent();
    }

    @Override
    public AuthenticationMethods methods(Route route) {
        return route.virtualCluster()
                .filter(name -> virtualClusters
                        .get(name)
                        .flatMap(found -> found.spec().authentication())
                        .isPresent())
                .map(name -> authenticators.of(AuthenticationList.ofVirtualCluster(name)))
                .orElseGet(() -> authenticators.of(AuthenticationList.ofListener(config.name())));
    }

    @Override
    public boolean routesByServerName() {
        return serverNames.isPresent();
    }

    @Override
    public boolean choosesCertificates() {
        return tls.filter(ListenerCertificates::areSeveral).isPresent();
    }

    @Override
    public Optional<ListenerTls> tls() {
        return tls.map(ListenerCertificates::current);
    }

    @Override
    public Optional<ListenerTls> tls(String serverName) {
        return tls.map(certificates -> certificates.current(serverName));
    }

    /** Certificates are renewed while the gateway runs. */
    void reloadTlsIfChanged() {
        tls.ifPresent(ListenerCertificates::reloadIfChanged);
    }

    @Override
    public boolean expectsProxyHeader() {
        return config.proxyProtocol().isPresent();
    }

    @Override
    public boolean trustsProxy(InetAddress address) {
        return config.proxyProtocol()
                .filter(proxy -> proxy.trusted().stream().anyMatch(network -> network.contains(address)))
                .isPresent();
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

    /** Whether somebody to whom nothing names a virtual cluster has the gateway's own rights on the whole cluster here. */
    boolean opensCluster() {
        return config.route().allowsPassthrough()
                && !mandatoryVirtualCluster()
                && authenticators.of(AuthenticationList.ofListener(config.name())).entries().stream()
                        .anyMatch(entry -> !entry.relays());
    }

    @Override
    public boolean mandatoryVirtualCluster() {
        return gateway.identity().mandatoryVirtualCluster();
    }
}
