/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import io.gatehouse.plugins.acl.decision.Bindings.Binding;
import io.gatehouse.plugins.acl.decision.HostPattern;
import io.gatehouse.plugins.acl.decision.NamePattern;
import io.gatehouse.plugins.acl.decision.Rule;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The spec of an {@code AclBinding}: Kafka's own, for one virtual cluster, and for groups too. */
@Description("One ACL in Kafka's model: who may, or may not, do what with which resources of a virtual cluster.")
public record BindingSpec(
        @Description("Where it counts.") String virtualCluster,

        @Description("User:name with a gateway username, Group:name, or User:* for everybody.")
        String principal,

        @Default("*")
        @Description("An address, a network such as 192.168.0.0/24 or 2001:db8::/32, or * for every host.")
        String host,

        @Description("Kafka's word, such as READ, or ALL.") AclOperation operation,

        @Default("allow") @Description("ALLOW or DENY.") AclPermissionType permissionType,

        @Description("TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID, DELEGATION_TOKEN or USER.")
        ResourceType resourceType,

        @Description(
                "A name as clients see it, the start of names when PREFIXED, or * for all; of a CLUSTER it is kafka-cluster.")
        String resourceName,

        @Default("literal") @Description("LITERAL or PREFIXED.")
        PatternType patternType) {

    /** As a plugin would write it for what Kafka's Admin sends. */
    public static BindingSpec of(String virtualCluster, AclBinding binding) {
        return new BindingSpec(
                virtualCluster,
                binding.entry().principal(),
                binding.entry().host(),
                binding.entry().operation(),
                binding.entry().permissionType(),
                binding.pattern().resourceType(),
                binding.pattern().name(),
                binding.pattern().patternType());
    }

    /** As Kafka's Admin shows it. */
    public AclBinding toKafka() {
        return new AclBinding(
                new ResourcePattern(resourceType, resourceName, patternType),
                new AccessControlEntry(principal, host, operation, permissionType));
    }

    /** As decisions are made from it. Only of a spec without problems. */
    public Binding toDecision() {
        NamePattern name = patternType == PatternType.PREFIXED
                ? new NamePattern.Prefix(resourceName)
                : resourceName.equals(ResourcePattern.WILDCARD_RESOURCE)
                        ? NamePattern.ANY
                        : new NamePattern.Literal(resourceName);
        List<AclOperation> operations = List.of(operation);
        String origin = origin();
        Rule rule = permissionType == AclPermissionType.DENY
                ? Rule.deny(operations, resourceType, name, origin)
                : Rule.allow(operations, resourceType, name, origin);
        return new Binding(principal, HostPattern.parse(host), rule);
    }

    /** In the words of Kafka's audit log. */
    private String origin() {
        return "MatchingAcl(acl=StandardAcl[resourceType=" + resourceType + ", resourceName=" + resourceName
                + ", patternType=" + patternType + ", principal=" + principal + ", host=" + host + ", operation="
                + operation + ", permissionType=" + permissionType + "])";
    }
}
