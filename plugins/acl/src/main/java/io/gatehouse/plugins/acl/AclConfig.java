/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;

/**
 * The config of the interceptor type {@code acl}.
 *
 * @param superUsers {@code User:name} or {@code Group:name}
 */
@Description("Decides every request by AclBindings and AclPolicies.")
public record AclConfig(
        @Default("enforce")
        @Description(
                "enforce: what is not allowed is refused. audit: it is logged and counted, and passes. passthrough: nothing is decided.")
        Mode mode,

        @Default("[]") @Description("User:name or Group:name: who may do everything, whatever is denied.")
        List<String> superUsers,

        @Default("true")
        @Description(
                "What auto.create.topics.enable is on the brokers: whether a missing topic is refused to who may not create it, or just missing.")
        boolean autoCreateTopics) {

    /** What a decision means. */
    public enum Mode {
        ENFORCE,
        AUDIT,
        PASSTHROUGH
    }

    public AclConfig {
        for (String superUser : superUsers) {
            if (!superUser.matches("(?s)(User|Group):.+") || superUser.equals("User:*")) {
                throw new IllegalArgumentException(
                        "superUsers: \"" + superUser + "\" (expected: User:name or Group:name, nobody by *)");
            }
        }
    }
}
