/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The bindings of one virtual cluster, found by whom they are for. Immutable and thread-safe. */
public final class Bindings {

    /** Kafka's principal for every user. */
    public static final String EVERYBODY = "User:*";

    private final Map<String, List<Binding>> byPrincipal = new HashMap<>();

    /**
     * One binding.
     *
     * @param principal {@code User:name}, {@code Group:name} or {@link #EVERYBODY}
     */
    public record Binding(String principal, HostPattern host, Rule rule) {}

    public Bindings(Collection<Binding> bindings) {
        bindings.forEach(binding -> byPrincipal
                .computeIfAbsent(binding.principal(), principal -> new ArrayList<>())
                .add(binding));
    }

    /** The rules that count for a user of these groups who comes from this address. */
    public List<Rule> rulesFor(String username, Collection<String> groups, InetAddress address) {
        String host = address.getHostAddress();
        return about(username, groups).stream()
                .filter(binding -> binding.host().matches(address, host))
                .map(Binding::rule)
                .toList();
    }

    /** The bindings for a user of these groups, whatever the address. */
    public List<Binding> about(String username, Collection<String> groups) {
        List<Binding> found = new ArrayList<>(byPrincipal.getOrDefault("User:" + username, List.of()));
        if (!username.equals("*")) {
            found.addAll(byPrincipal.getOrDefault(EVERYBODY, List.of()));
        }
        groups.stream().sorted().forEach(group -> found.addAll(byPrincipal.getOrDefault("Group:" + group, List.of())));
        return found;
    }
}
