/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import io.gatehouse.plugins.acl.decision.HostPattern;
import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.spi.resources.ResourceKind.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** What Kafka's controller refuses in an ACL (AclControlManager.validateNewAcl), and principals that nobody has here. */
public final class BindingChecks {

    static final Set<AclOperation> NO_OPERATIONS = Set.of(AclOperation.UNKNOWN, AclOperation.ANY);
    static final Set<ResourceType> NO_TYPES = Set.of(ResourceType.UNKNOWN, ResourceType.ANY);
    private static final Set<PatternType> PATTERNS = Set.of(PatternType.LITERAL, PatternType.PREFIXED);

    private BindingChecks() {}

    /** None when it is good. */
    public static List<Problem> problems(BindingSpec spec) {
        List<Problem> problems = new ArrayList<>();
        principal(spec.principal(), problems);
        try {
            HostPattern.parse(spec.host());
        } catch (IllegalArgumentException e) {
            problems.add(new Problem("host", e.getMessage()));
        }
        if (spec.host().isEmpty()) {
            problems.add(new Problem("host", "empty (expected: *, an address or a network)"));
        }
        if (spec.virtualCluster().isEmpty()) {
            problems.add(new Problem("virtualCluster", "empty (expected: a virtual cluster's name)"));
        }
        if (NO_OPERATIONS.contains(spec.operation())) {
            problems.add(new Problem("operation", spec.operation() + " (expected: an operation such as READ, or ALL)"));
        }
        if (spec.permissionType() != AclPermissionType.ALLOW && spec.permissionType() != AclPermissionType.DENY) {
            problems.add(new Problem("permissionType", spec.permissionType() + " (expected: ALLOW or DENY)"));
        }
        if (NO_TYPES.contains(spec.resourceType())) {
            problems.add(new Problem("resourceType", spec.resourceType() + " (expected: a type such as TOPIC)"));
        }
        if (!PATTERNS.contains(spec.patternType())) {
            problems.add(new Problem("patternType", spec.patternType() + " (expected: LITERAL or PREFIXED)"));
        }
        if (spec.resourceName().isEmpty()) {
            problems.add(new Problem("resourceName", "empty (expected: a name, the start of names, or *)"));
        }
        if (spec.resourceType() == ResourceType.CLUSTER && !spec.resourceName().equals(Permissions.CLUSTER_NAME)) {
            problems.add(new Problem(
                    "resourceName",
                    "\"" + spec.resourceName() + "\" (expected: " + Permissions.CLUSTER_NAME
                            + ", the only name of a CLUSTER)"));
        }
        return problems;
    }

    private static void principal(String principal, List<Problem> problems) {
        boolean known = principal.startsWith("User:") || principal.startsWith("Group:");
        if (!known || principal.endsWith(":") && principal.indexOf(':') == principal.length() - 1) {
            problems.add(new Problem(
                    "principal", "\"" + principal + "\" (expected: User:name, Group:name, or User:* for everybody)"));
        }
    }
}
