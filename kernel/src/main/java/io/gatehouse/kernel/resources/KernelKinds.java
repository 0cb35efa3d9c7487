/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.resources.ResourceKind;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The kinds of resources that the kernel brings. */
public final class KernelKinds {

    public static final ResourceKind<VirtualClusterSpec> VIRTUAL_CLUSTER =
            new KernelKind<>("VirtualCluster", VirtualClusterSpec.class);
    public static final ResourceKind<UserMappingSpec> USER_MAPPING =
            new KernelKind<>("UserMapping", UserMappingSpec.class);
    public static final ResourceKind<GroupSpec> GROUP = new KernelKind<>("Group", GroupSpec.class);
    public static final ResourceKind<InterceptorSpec> INTERCEPTOR =
            new KernelKind<>("Interceptor", InterceptorSpec.class);

    /** All of them. */
    public static final List<ResourceKind<?>> ALL = List.of(VIRTUAL_CLUSTER, USER_MAPPING, GROUP, INTERCEPTOR);

    /** Their names, which no plugin's kind may have. */
    public static final Set<String> NAMES =
            ALL.stream().map(ResourceKind::kind).collect(Collectors.toUnmodifiableSet());

    private KernelKinds() {}

    /** The specs' constructors say all that is to be said about one resource alone. */
    private record KernelKind<S extends Record>(String kind, Class<S> specType) implements ResourceKind<S> {}
}
