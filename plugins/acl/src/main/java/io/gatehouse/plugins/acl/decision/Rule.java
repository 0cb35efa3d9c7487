/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import java.util.Collection;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One thing that is allowed or denied to whoever it is for. Immutable.
 *
 * @param operations see {@link Operations}; without what an ALLOW implies
 * @param origin where it stands, for the audit log
 */
public record Rule(boolean deny, int operations, ResourceType type, NamePattern name, String origin) {

    /** An ALLOW. */
    public static Rule allow(Collection<AclOperation> operations, ResourceType type, NamePattern name, String origin) {
        return new Rule(false, Operations.of(operations), type, name, origin);
    }

    /** A DENY. */
    public static Rule deny(Collection<AclOperation> operations, ResourceType type, NamePattern name, String origin) {
        return new Rule(true, Operations.of(operations), type, name, origin);
    }

    boolean isAbout(AclOperation operation) {
        return Operations.contains(deny ? operations : Operations.withImplied(operations), operation);
    }
}
