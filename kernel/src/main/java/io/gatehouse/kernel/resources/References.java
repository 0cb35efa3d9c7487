/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.AuthenticationEntry;
import io.gatehouse.kernel.config.ClusterConfig;
import io.gatehouse.kernel.config.GatehouseConfig;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What resources may refer to in the bootstrap file. Immutable.
 *
 * @param clusters by name, whether the cluster allows anonymous connections
 * @param authentications the names of the listeners' authentication entries
 * @param virtualClusters the virtual clusters that routes name
 * @param userMappingStore where user mappings are looked up
 * @param clusterLabels the labels by which listeners lead to clusters
 */
public record References(
        Map<String, Boolean> clusters,
        Set<String> authentications,
        Set<String> virtualClusters,
        String userMappingStore,
        Set<String> clusterLabels) {

    /** The store of user mappings that are resources. */
    public static final String RESOURCES = "resources";

    /** With user mappings that are resources. */
    public References(Map<String, Boolean> clusters, Set<String> authentications, Set<String> virtualClusters) {
        this(clusters, authentications, virtualClusters, RESOURCES, Set.of());
    }

    /** Without labels of clusters. */
    public References(
            Map<String, Boolean> clusters,
            Set<String> authentications,
            Set<String> virtualClusters,
            String userMappingStore) {
        this(clusters, authentications, virtualClusters, userMappingStore, Set.of());
    }

    public References {
        clusters = Map.copyOf(clusters);
        authentications = Set.copyOf(authentications);
        virtualClusters = Set.copyOf(virtualClusters);
        clusterLabels = Set.copyOf(clusterLabels);
    }

    /** What a bootstrap file offers. */
    public static References of(GatehouseConfig config) {
        return new References(
                config.clusters().stream()
                        .collect(Collectors.toMap(ClusterConfig::name, ClusterConfig::allowAnonymous)),
                config.listeners().stream()
                        .flatMap(listener -> listener.authentication().stream())
                        .map(AuthenticationEntry::name)
                        .collect(Collectors.toSet()),
                config.listeners().stream()
                        .flatMap(listener -> listener.route().virtualCluster().stream())
                        .collect(Collectors.toSet()),
                config.identity().userMapping().store(),
                config.listeners().stream()
                        .flatMap(listener -> listener.route().sni().stream())
                        .flatMap(sni -> sni.clusterLabel().stream())
                        .collect(Collectors.toSet()));
    }

    /** The same with user mappings that are looked up elsewhere. */
    public References withUserMappingStore(String store) {
        return new References(clusters, authentications, virtualClusters, store, clusterLabels);
    }
}
