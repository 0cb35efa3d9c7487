/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * What one user may do from one host: any DENY that matches refuses, then any ALLOW allows, then nothing does. Immutable and thread-safe; a
 * decision takes the time of a map and a walk along the name, however many rules there are.
 */
public final class Permissions {

    /** Kafka's name for the one resource of the type CLUSTER. */
    public static final String CLUSTER_NAME = "kafka-cluster";

    /** Of a super user: everything, whatever is denied. */
    public static final Permissions EVERYTHING = new Permissions(true, List.of());

    private final boolean everything;
    private final Map<ResourceType, TypeRules> byType = new EnumMap<>(ResourceType.class);

    private Permissions(boolean everything, List<Rule> rules) {
        this.everything = everything;
        Map<ResourceType, List<Rule>> grouped = new EnumMap<>(ResourceType.class);
        rules.forEach(rule ->
                grouped.computeIfAbsent(rule.type(), type -> new ArrayList<>()).add(rule));
        grouped.forEach((type, some) -> byType.put(type, new TypeRules(some)));
    }

    /** What these rules, all of them for this user and host, say together. */
    public static Permissions of(List<Rule> rules) {
        return new Permissions(false, rules);
    }

    /** Whether it may. */
    public boolean allows(AclOperation operation, ResourceType type, String name) {
        if (everything) {
            return true;
        }
        TypeRules rules = byType.get(type);
        if (rules == null) {
            return false;
        }
        long rights = rules.rights(name);
        return Operations.contains((int) rights, operation) && !Operations.contains((int) (rights >>> 32), operation);
    }

    /** Whether it may with every resource of a type, so that nobody needs to ask. */
    public boolean allowsEveryName(AclOperation operation, ResourceType type) {
        TypeRules rules = byType.get(type);
        return everything || rules != null && rules.allowsEveryName(operation);
    }

    /** Whether it certainly may with every resource whose name starts so. */
    public boolean allowsEveryNameFrom(AclOperation operation, ResourceType type, String prefix) {
        TypeRules rules = byType.get(type);
        return everything || rules != null && rules.allowsEveryNameFrom(operation, prefix);
    }

    /** Whether it may with some resource of a type; Kafka's {@code authorizeByResourceType} (KIP-679). */
    public boolean allowsSomeName(AclOperation operation, ResourceType type) {
        // Kafka asks for this name first, so that super users need no rule; it makes a difference when a prefix of it
        // is allowed.
        if (allows(operation, type, "hardcode")) {
            return true;
        }
        TypeRules rules = byType.get(type);
        return rules != null && rules.allowsSomeName(operation);
    }

    /** Whether it is a super user's. */
    public boolean isEverything() {
        return everything;
    }

    /** The rule that decides about it; empty when none does. For logs: where there is one, it takes time by the number of rules. */
    public Optional<Rule> deciding(AclOperation operation, ResourceType type, String name) {
        @Nullable TypeRules rules = byType.get(type);
        return rules == null ? Optional.empty() : Optional.ofNullable(rules.deciding(operation, name));
    }
}
