/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.interception.InterceptorSet.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which interceptors cannot be together, as their type says: those for different virtual clusters of one cluster. One that is for no
 * certain virtual cluster may be for any. Those that work already come first, then the others by name.
 */
final class Conflicts {

    private final InterceptorTypes types;
    private final Function<String, Optional<String>> clusterOf;
    private final List<InterceptorDefinition> accepted = new ArrayList<>();

    Conflicts(InterceptorTypes types, Function<String, Optional<String>> clusterOf) {
        this.types = types;
        this.clusterOf = clusterOf;
    }

    List<InterceptorDefinition> inOrder(List<InterceptorDefinition> definitions, Map<String, Entry> before) {
        return definitions.stream()
                .sorted(Comparator.comparing((InterceptorDefinition definition) -> !works(definition, before))
                        .thenComparing(InterceptorDefinition::name))
                .toList();
    }

    private static boolean works(InterceptorDefinition definition, Map<String, Entry> before) {
        Entry entry = before.get(definition.name());
        return entry != null
                && entry.active() != null
                && entry.definition().config().equals(definition.config())
                && entry.definition().scope().equals(definition.scope());
    }

    void add(InterceptorDefinition definition) {
        if (definition.enabled()) {
            accepted.add(definition);
        }
    }

    /** Why a definition cannot be beside those that were added. */
    Optional<String> with(InterceptorDefinition definition) {
        if (!definition.enabled()) {
            return Optional.empty();
        }
        for (InterceptorDefinition other : accepted) {
            if (other.type().equals(definition.type()) && mayMeet(definition.scope(), other.scope())) {
                Optional<String> conflict = types.find(definition.type())
                        .flatMap(type -> type.conflict(definition.config(), other.config()));
                if (conflict.isPresent()) {
                    return conflict.map(why -> why + "; the other one is interceptor " + other.name());
                }
            }
        }
        return Optional.empty();
    }

    /** Whether they can be about one cluster without being about one virtual cluster. */
    private boolean mayMeet(Scope one, Scope other) {
        if (one.virtualCluster().isEmpty() || other.virtualCluster().isEmpty()) {
            return true;
        }
        if (one.virtualCluster().equals(other.virtualCluster())) {
            return false;
        }
        Optional<String> cluster = clusterOf.apply(one.virtualCluster().get());
        return cluster.isPresent()
                && cluster.equals(clusterOf.apply(other.virtualCluster().get()));
    }
}
