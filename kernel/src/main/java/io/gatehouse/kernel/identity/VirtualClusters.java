/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import java.util.Optional;
import java.util.Set;

/** The virtual clusters as they are now. Called on event loops; must not block. {@code passthrough} is none of them. */
@FunctionalInterface
public interface VirtualClusters {

    /** The virtual cluster of that name. */
    Optional<VirtualCluster> find(String name);

    /**
     * A virtual cluster as far as resolution looks at it.
     *
     * @param cluster the cluster that backs it
     * @param authentication names of the authentication entries whose connections it admits; empty when it admits all
     */
    record VirtualCluster(String cluster, Optional<Set<String>> authentication) {}
}
