/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import io.gatehouse.plugins.acl.policy.BindingSpec;
import io.gatehouse.plugins.acl.policy.PolicySpec;
import io.gatehouse.spi.User;
import io.gatehouse.spi.testkit.InterceptorHarness;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** The interceptor for alice, enforcing what a test says. */
final class Gateway implements AutoCloseable {

    private final InterceptorHarness harness;
    private int bindings;

    Gateway(AclConfig.Mode mode, String... superUsers) {
        this(mode, User.named("alice").build(), superUsers);
    }

    Gateway(AclConfig.Mode mode, User user, String... superUsers) {
        harness = InterceptorHarness.of(
                new AclInterceptorFactory(), new AclConfig(mode, List.of(superUsers), true), user);
    }

    static Gateway enforcing() {
        return new Gateway(AclConfig.Mode.ENFORCE);
    }

    InterceptorHarness harness() {
        return harness;
    }

    /** Alice may; a name that ends with a star is a prefix. */
    Gateway allow(AclOperation operation, ResourceType type, String name) {
        return bind("User:alice", operation, AclPermissionType.ALLOW, type, name);
    }

    Gateway deny(AclOperation operation, ResourceType type, String name) {
        return bind("User:alice", operation, AclPermissionType.DENY, type, name);
    }

    Gateway bind(
            String principal, AclOperation operation, AclPermissionType permission, ResourceType type, String name) {
        boolean prefix = name.length() > 1 && name.endsWith("*");
        String resourceName = prefix ? name.substring(0, name.length() - 1) : name;
        PatternType pattern = prefix ? PatternType.PREFIXED : PatternType.LITERAL;
        harness.plugin()
                .writableResources(AclBindingKind.class)
                .put(
                        "binding-" + bindings++,
                        new BindingSpec(
                                User.PASSTHROUGH, principal, "*", operation, permission, type, resourceName, pattern));
        return this;
    }

    /** Takes the last binding away. */
    Gateway unbind() {
        harness.plugin().writableResources(AclBindingKind.class).remove("binding-" + --bindings);
        return this;
    }

    Gateway policy(String name, PolicySpec spec) {
        harness.plugin().writableResources(AclPolicyKind.class).put(name, spec);
        return this;
    }

    @Override
    public void close() {
        harness.close();
    }
}
