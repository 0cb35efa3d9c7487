/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import org.apache.kafka.common.acl.AclOperation;

/** Operations that are allowed and denied for one pattern, or for what several patterns say together. Mutable while it is built. */
final class Rights {

    private int allowed;
    private int denied;

    void add(Rule rule) {
        if (rule.deny()) {
            denied |= rule.operations();
        } else {
            allowed |= Operations.withImplied(rule.operations());
        }
    }

    int allowed() {
        return allowed;
    }

    int denied() {
        return denied;
    }

    /** Allowed operations in the low half, denied ones in the high half. */
    long packed() {
        return (long) denied << 32 | allowed;
    }

    boolean allows(AclOperation operation) {
        return Operations.contains(allowed, operation) && !Operations.contains(denied, operation);
    }
}
