/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.resources.Resource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * All resources in force at one moment, with what is looked up for every connection. Immutable.
 *
 * @param resources by kind and name
 * @param mappings by principal and authentication entry
 * @param ruleMappings those with rules, in the order in which they are tried
 * @param groups by member, the names of the groups
 * @param externalGroups by the name of a group from elsewhere, the names of the groups
 * @param doubt principals whose mapping is there but cannot be read
 */
record Snapshot(
        Map<String, SortedMap<String, Held>> resources,
        Map<MappingKey, UserMapping> mappings,
        List<RuleMapping> ruleMappings,
        Map<String, Set<String>> groups,
        Map<String, Set<String>> externalGroups,
        Doubt doubt,
        List<ResourceProblem> problems) {

    static final Snapshot EMPTY =
            new Snapshot(Map.of(), Map.of(), List.of(), Map.of(), Map.of(), new Doubt(true, Set.of()), List.of());

    /** A resource and where it stands. */
    record Held(Resource<?> resource, String origin) {}

    /** Which mapping is meant: for one authentication entry, or for all. */
    record MappingKey(String principal, Optional<String> authentication) {}

    /**
     * Whose mapping may be hidden in what cannot be read.
     *
     * @param everybody when not even the principal can be told
     */
    record Doubt(boolean everybody, Set<String> principals) {
        boolean about(String principal) {
            return everybody || principals.contains(principal);
        }
    }

    SortedMap<String, Held> ofKind(String kind) {
        return resources.getOrDefault(kind, Collections.emptySortedMap());
    }

    Optional<Held> find(String kind, String name) {
        return Optional.ofNullable(ofKind(kind).get(name));
    }
}
