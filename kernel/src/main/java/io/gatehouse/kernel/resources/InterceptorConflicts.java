/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.resources.ResourceProblem.Effect;
import io.gatehouse.kernel.resources.Snapshot.Held;
import io.gatehouse.spi.resources.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Interceptors of which each is good by itself, while their plugin says that they cannot be beside each other. */
final class InterceptorConflicts {

    private static final String KIND = KernelKinds.INTERCEPTOR.kind();
    private static final String VIRTUAL_CLUSTER = KernelKinds.VIRTUAL_CLUSTER.kind();

    private InterceptorConflicts() {}

    static List<ResourceProblem> in(Snapshot snapshot, OfferedTypes offered) {
        SortedMap<String, Held> interceptors = snapshot.ofKind(KIND);
        List<ResourceProblem> problems = new ArrayList<>();
        offered.conflicts(
                        interceptors.values().stream()
                                .map(InterceptorConflicts::interceptor)
                                .toList(),
                        virtualCluster -> clusterOf(virtualCluster, snapshot))
                .forEach((name, why) -> problems.add(new ResourceProblem(
                        interceptors.get(name).origin(), KIND, name, "spec.config", why, Effect.REPORTED)));
        return problems;
    }

    private static Resource<InterceptorSpec> interceptor(Held held) {
        Resource<?> resource = held.resource();
        return new Resource<>(resource.name(), resource.version(), (InterceptorSpec) resource.spec());
    }

    private static Optional<String> clusterOf(String virtualCluster, Snapshot snapshot) {
        return snapshot.find(VIRTUAL_CLUSTER, virtualCluster)
                .map(held -> ((VirtualClusterSpec) held.resource().spec()).cluster());
    }
}
