/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import io.gatehouse.plugins.acl.policy.BindingChecks;
import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.spi.resources.ResourceKind;
import java.util.List;
import org.pf4j.Extension;

/** The resource kind {@code AclBinding}. Stateless. */
@Extension
public final class AclBindingKind implements ResourceKind<BindingSpec> {

    @Override
    public String kind() {
        return "AclBinding";
    }

    @Override
    public Class<BindingSpec> specType() {
        return BindingSpec.class;
    }

    @Override
    public List<Problem> validate(String name, BindingSpec spec) {
        return BindingChecks.problems(spec);
    }

    @Override
    public List<Reference> references(String name, BindingSpec spec) {
        return List.of(new Reference("virtualCluster", "VirtualCluster", spec.virtualCluster()));
    }
}
