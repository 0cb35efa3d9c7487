/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What can only be said about several parts of the bootstrap file together. */
final class ConfigChecks {

    private final GatehouseConfig config;
    private final List<Problem> problems = new ArrayList<>();

    private ConfigChecks(GatehouseConfig config) {
        this.config = config;
    }

    static List<Problem> check(GatehouseConfig config) {
        ConfigChecks checks = new ConfigChecks(config);
        checks.uniqueNames(
                "clusters", config.clusters().stream().map(ClusterConfig::name).toList());
        checks.uniqueNames(
                "listeners",
                config.listeners().stream().map(ListenerConfig::name).toList());
        for (int index = 0; index < config.listeners().size(); index++) {
            checks.listener(config.listeners().get(index), Paths.index("listeners", index), index);
        }
        checks.managementPort();
        return checks.problems;
    }

    private void uniqueNames(String path, List<String> names) {
        Map<String, Integer> seen = new HashMap<>();
        for (int index = 0; index < names.size(); index++) {
            Integer earlier = seen.putIfAbsent(names.get(index), index);
            if (earlier != null) {
                problems.add(new Problem(
                        Paths.index(path, index) + ".name",
                        "\"" + names.get(index) + "\" (expected: a name of its own, as " + Paths.index(path, earlier)
                                + " has it)"));
            }
        }
    }

    private void listener(ListenerConfig listener, String path, int index) {
        Optional<ClusterConfig> cluster = listener.route()
                .cluster()
                .flatMap(name -> config.clusters().stream()
                        .filter(candidate -> candidate.name().equals(name))
                        .findFirst());
        if (listener.route().cluster().isPresent() && cluster.isEmpty()) {
            problems.add(unknownCluster(
                    path + ".route.cluster", listener.route().cluster().get()));
        }
        problems.addAll(AuthenticationChecks.check(
                listener.authentication(),
                path + ".authentication",
                cluster.map(ClusterConfig::name).filter(name -> !cluster.get().allowAnonymous())));
        for (int earlier = 0; earlier < index; earlier++) {
            overlap(listener, path, config.listeners().get(earlier), Paths.index("listeners", earlier));
        }
    }

    private Problem unknownCluster(String path, String name) {
        Set<String> names = config.clusters().stream().map(ClusterConfig::name).collect(Collectors.toSet());
        String hint = Suggestions.nearest(name, names)
                .map(near -> "did you mean `" + near + "`?")
                .orElse("expected: one of " + names.stream().sorted().collect(Collectors.joining(", ")));
        return new Problem(path, "\"" + name + "\" is no cluster (" + hint + ")");
    }

    private void overlap(ListenerConfig listener, String path, ListenerConfig earlier, String earlierPath) {
        Optional<String> shared = listener.addresses().stream()
                .filter(address -> earlier.addresses().stream().anyMatch(other -> sameAddress(address, other)))
                .findFirst();
        if (shared.isEmpty()) {
            return;
        }
        for (int index = 0; index < listener.ports().size(); index++) {
            PortRange ports = listener.ports().get(index);
            String portsPath = Paths.index(path + ".ports", index);
            earlier.ports().stream()
                    .filter(ports::overlaps)
                    .findFirst()
                    .ifPresent(other -> problems.add(new Problem(
                            portsPath,
                            ports + " on " + shared.get() + " (expected: other ports than " + earlierPath + " \""
                                    + earlier.name() + "\", which has " + other + ")")));
        }
    }

    private void managementPort() {
        int port = config.management().port();
        for (ListenerConfig listener : config.listeners()) {
            boolean taken = listener.addresses().stream()
                            .anyMatch(address ->
                                    sameAddress(address, config.management().address()))
                    && listener.ports().stream().anyMatch(ports -> ports.contains(port));
            if (taken) {
                problems.add(new Problem(
                        "management.port",
                        port + " (expected: another port than those of listener \"" + listener.name() + "\")"));
            }
        }
    }

    private static boolean sameAddress(String one, String other) {
        return ListenerConfig.isWildcard(one)
                || ListenerConfig.isWildcard(other)
                || numeric(one).equals(numeric(other));
    }

    private static String numeric(String address) {
        return address.equals("localhost") ? "127.0.0.1" : address;
    }
}
