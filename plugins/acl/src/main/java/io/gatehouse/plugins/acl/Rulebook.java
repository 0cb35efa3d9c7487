/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import io.gatehouse.plugins.acl.decision.Bindings;
import io.gatehouse.plugins.acl.decision.Bindings.Binding;
import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.plugins.acl.decision.Rule;
import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.plugins.acl.policy.Identity;
import io.gatehouse.plugins.acl.policy.Policy;
import io.gatehouse.plugins.acl.policy.PolicySpec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.resources.Resource;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All bindings and policies at one moment. Immutable but for its cache of what follows for a user; thread-safe. Compiled parts of what has
 * not changed are taken over from the one before.
 */
final class Rulebook {

    static final Rulebook EMPTY = new Rulebook(List.of(), List.of(), null);

    /** Beyond so many users and addresses the cache starts anew. */
    private static final int MAX_CACHED = 10_000;

    private final Map<Resource<BindingSpec>, Binding> bindings = new HashMap<>();
    private final Map<Resource<PolicySpec>, Policy> policies = new HashMap<>();
    private final Map<String, Bindings> bindingsOf = new HashMap<>();
    private final Map<String, List<Policy>> policiesOf = new HashMap<>();
    private final Map<Whose, Permissions> cache = new ConcurrentHashMap<>();

    private record Whose(User user, InetAddress address) {}

    private Rulebook(
            Collection<Resource<BindingSpec>> bindingResources,
            Collection<Resource<PolicySpec>> policyResources,
            @Nullable Rulebook before) {
        Map<String, List<Binding>> byVirtualCluster = new HashMap<>();
        for (Resource<BindingSpec> resource : bindingResources) {
            Binding known = before == null ? null : before.bindings.get(resource);
            Binding binding = known == null ? resource.spec().toDecision() : known;
            bindings.put(resource, binding);
            byVirtualCluster
                    .computeIfAbsent(resource.spec().virtualCluster(), name -> new ArrayList<>())
                    .add(binding);
        }
        byVirtualCluster.forEach((name, some) -> bindingsOf.put(name, new Bindings(some)));
        for (Resource<PolicySpec> resource : policyResources) {
            Policy known = before == null ? null : before.policies.get(resource);
            Policy policy = known == null ? Policy.of(resource.name(), resource.spec()) : known;
            policies.put(resource, policy);
            policiesOf
                    .computeIfAbsent(resource.spec().virtualCluster(), name -> new ArrayList<>())
                    .add(policy);
        }
    }

    /** What it is after resources have changed. */
    Rulebook with(
            Collection<Resource<BindingSpec>> bindingResources, Collection<Resource<PolicySpec>> policyResources) {
        return new Rulebook(bindingResources, policyResources, this);
    }

    /** What a user may do from an address, super users apart. */
    Permissions permissions(User user, InetAddress address) {
        if (cache.size() > MAX_CACHED) {
            cache.clear();
        }
        return cache.computeIfAbsent(new Whose(user, address), this::evaluate);
    }

    private Permissions evaluate(Whose whose) {
        User user = whose.user();
        List<Rule> rules = new ArrayList<>();
        Bindings own = bindingsOf.get(user.virtualCluster());
        if (own != null) {
            rules.addAll(own.rulesFor(user.username(), user.groups(), whose.address()));
        }
        List<Policy> policiesHere = policiesOf.getOrDefault(user.virtualCluster(), List.of());
        if (!policiesHere.isEmpty()) {
            Identity identity = new Identity(user, whose.address());
            policiesHere.forEach(policy -> rules.addAll(policy.rulesFor(identity)));
        }
        return Permissions.of(rules);
    }

    /** Whether nothing that could concern a user differs from another rulebook. */
    boolean isSameFor(User user, Rulebook other) {
        return policiesOf
                        .getOrDefault(user.virtualCluster(), List.of())
                        .equals(other.policiesOf.getOrDefault(user.virtualCluster(), List.of()))
                && about(user).equals(other.about(user));
    }

    private List<Binding> about(User user) {
        Bindings own = bindingsOf.get(user.virtualCluster());
        return own == null ? List.of() : own.about(user.username(), user.groups());
    }
}
