/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.ClusterConfig;
import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.GatehouseConfig;
import io.gatehouse.kernel.config.ListenerConfig;
import io.gatehouse.kernel.config.LoadedConfig;
import io.gatehouse.kernel.config.Paths;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.kernel.resources.KernelKinds;
import io.gatehouse.kernel.resources.VirtualClusterSpec;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * How clients authenticate: the lists of the listeners in the bootstrap file and of the virtual clusters that have their own. Changes come
 * one at a time.
 */
final class Logins {

    private final Authenticators authenticators;
    private final ResourceView<VirtualClusterSpec> virtualClusters;
    private final Consumer<Boolean> groups;
    private volatile LoadedConfig loaded;

    /** @param groups told whether authentications may have groups */
    Logins(
            Authenticators authenticators,
            ResourceView<VirtualClusterSpec> virtualClusters,
            Consumer<Boolean> groups,
            LoadedConfig loaded) {
        this.authenticators = authenticators;
        this.virtualClusters = virtualClusters;
        this.groups = groups;
        this.loaded = loaded;
    }

    /**
     * Plugins or virtual clusters have changed.
     *
     * @return whether any authenticator came, was replaced or went
     */
    boolean update(PluginSnapshot plugins) {
        boolean updated =
                authenticators.apply(authenticators.prepare(lists(loaded.config()), loaded.binder(), plugins));
        groups.accept(authenticators.yieldGroups());
        return updated;
    }

    /** Why some or all clients cannot authenticate. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(authenticators.problems());
        problems.addAll(relayProblems(loaded.config(), authenticators.current()));
        return problems;
    }

    /** What a list is made of that no virtual cluster has: there a problem is one of the bootstrap file. */
    static List<Problem> ofFile(List<Problem> problems) {
        return problems.stream()
                .filter(problem -> !problem.path().startsWith(KernelKinds.VIRTUAL_CLUSTER.kind()))
                .toList();
    }

    /** @throws ConfigException when the lists of a bootstrap file cannot work with the plugins that are there */
    Staged stage(LoadedConfig next, PluginSnapshot plugins) {
        Authenticators.Prepared prepared = authenticators.prepare(lists(next.config()), next.binder(), plugins);
        List<Problem> problems = new ArrayList<>(prepared.problems());
        problems.addAll(relayProblems(next.config(), prepared.methods()));
        List<Problem> ofFile = ofFile(problems);
        if (!ofFile.isEmpty()) {
            authenticators.discard(prepared);
            throw new ConfigException("the configuration", ofFile);
        }
        return new Staged() {
            @Override
            public void commit() {
                loaded = next;
                authenticators.apply(prepared);
                groups.accept(authenticators.yieldGroups());
            }

            @Override
            public void discard() {
                authenticators.discard(prepared);
            }
        };
    }

    private List<AuthenticationList> lists(GatehouseConfig config) {
        List<AuthenticationList> lists = new ArrayList<>();
        for (int i = 0; i < config.listeners().size(); i++) {
            ListenerConfig listener = config.listeners().get(i);
            lists.add(new AuthenticationList(
                    AuthenticationList.ofListener(listener.name()),
                    Paths.index("listeners", i) + ".authentication",
                    listener.authentication()));
        }
        for (Resource<VirtualClusterSpec> virtualCluster : virtualClusters.list()) {
            String owner = AuthenticationList.ofVirtualCluster(virtualCluster.name());
            virtualCluster
                    .spec()
                    .authentication()
                    .ifPresent(entries -> lists.add(new AuthenticationList(owner, owner, entries)));
        }
        return lists;
    }

    private List<Problem> relayProblems(GatehouseConfig config, Authenticators.Methods methods) {
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < config.listeners().size(); i++) {
            ListenerConfig listener = config.listeners().get(i);
            String path = Paths.index("listeners", i) + ".authentication";
            String owner = AuthenticationList.ofListener(listener.name());
            cluster(config, listener.route().cluster().orElse(""))
                    .forEach(cluster -> problems.addAll(RelayChecks.check(methods.of(owner), path, cluster)));
        }
        for (Resource<VirtualClusterSpec> virtualCluster : virtualClusters.list()) {
            String owner = AuthenticationList.ofVirtualCluster(virtualCluster.name());
            cluster(config, virtualCluster.spec().cluster())
                    .forEach(cluster -> problems.addAll(RelayChecks.check(methods.of(owner), owner, cluster)));
        }
        return problems;
    }

    private static List<ClusterConfig> cluster(GatehouseConfig config, String name) {
        return config.clusters().stream()
                .filter(each -> each.name().equals(name))
                .toList();
    }
}
