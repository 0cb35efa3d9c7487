/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.GatehouseConfig;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.resources.References;
import io.gatehouse.kernel.resources.Resources;
import java.util.List;

/** What resources may refer to, once another bootstrap file counts. */
record StagedReferences(Resources resources, References next) implements Staged {

    /**
     * Where user mappings are looked up is left out of the check: those that are resources are needed until the other store counts.
     *
     * @throws ConfigException when a resource refers to what would be gone, or a route to a virtual cluster that is not there
     */
    static StagedReferences of(Resources resources, GatehouseConfig running, GatehouseConfig wanted) {
        References next = References.of(wanted);
        List<Problem> problems =
                resources
                        .problemsWith(next.withUserMappingStore(
                                running.identity().userMapping().store()))
                        .stream()
                        .map(problem -> new Problem("", problem.toString()))
                        .toList();
        if (!problems.isEmpty()) {
            throw new ConfigException("the configuration", problems);
        }
        return new StagedReferences(resources, next);
    }

    @Override
    public void commit() {
        resources.references(next);
    }

    @Override
    public void discard() {}
}
