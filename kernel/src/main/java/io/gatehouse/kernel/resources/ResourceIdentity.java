/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.AuthenticationEntry;
import io.gatehouse.kernel.identity.Groups;
import io.gatehouse.kernel.identity.VirtualClusters;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Virtual clusters and groups, as user resolution wants them, from resources. Thread-safe; answers from memory at once. */
public final class ResourceIdentity implements VirtualClusters, Groups {

    private final Resources resources;

    public ResourceIdentity(Resources resources) {
        this.resources = resources;
    }

    @Override
    public Optional<VirtualCluster> find(String name) {
        return resources
                .snapshot()
                .find(KernelKinds.VIRTUAL_CLUSTER.kind(), name)
                .map(held -> (VirtualClusterSpec) held.resource().spec())
                .map(spec -> new VirtualCluster(
                        spec.cluster(),
                        spec.authentication()
                                .map(entries -> entries.stream()
                                        .map(AuthenticationEntry::name)
                                        .collect(Collectors.toUnmodifiableSet()))));
    }

    @Override
    public Set<String> of(String username, String principal, Set<String> elsewhere) {
        Snapshot snapshot = resources.snapshot();
        Set<String> groups = new HashSet<>(snapshot.groups().getOrDefault(username, Set.of()));
        groups.addAll(snapshot.groups().getOrDefault(principal, Set.of()));
        elsewhere.forEach(group -> groups.addAll(snapshot.externalGroups().getOrDefault(group, Set.of())));
        return groups;
    }

    /** The principals that mappings for an authentication entry give a username; what rules would give is not among them. */
    public Set<String> principalsOf(String username, String authentication) {
        return resources.snapshot().mappings().entrySet().stream()
                .filter(entry -> entry.getKey()
                        .authentication()
                        .filter(name -> !name.equals(authentication))
                        .isEmpty())
                .filter(entry ->
                        entry.getValue().username().filter(username::equals).isPresent())
                .map(entry -> entry.getKey().principal())
                .collect(Collectors.toUnmodifiableSet());
    }
}
