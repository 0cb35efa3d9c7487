/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import io.gatehouse.plugins.acl.policy.Policy;
import io.gatehouse.plugins.acl.policy.PolicySpec;
import io.gatehouse.spi.resources.ResourceKind;
import java.util.List;
import org.pf4j.Extension;

/** The resource kind {@code AclPolicy}. Stateless. */
@Extension
public final class AclPolicyKind implements ResourceKind<PolicySpec> {

    @Override
    public String kind() {
        return "AclPolicy";
    }

    @Override
    public Class<PolicySpec> specType() {
        return PolicySpec.class;
    }

    @Override
    public List<Problem> validate(String name, PolicySpec spec) {
        return Policy.problems(name, spec);
    }

    @Override
    public List<Reference> references(String name, PolicySpec spec) {
        return List.of(new Reference("virtualCluster", "VirtualCluster", spec.virtualCluster()));
    }
}
