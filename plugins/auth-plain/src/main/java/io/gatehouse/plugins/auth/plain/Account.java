/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import org.jspecify.annotations.Nullable;

/**
 * The spec of an {@code Account}; its {@code metadata.name} is the user name.
 *
 * @param password a bcrypt hash, or clear text, which only a file that nobody else can read should hold; without one, PLAIN refuses
 */
@Description("Someone who may connect: a name, a password, and the virtual cluster that the account belongs to.")
public record Account(
        @Secret @Description("A bcrypt hash ($2a$, $2b$ or $2y$), or clear text.") @Nullable
        String password,

        @Description("The virtual cluster of its connections, unless a user mapping names one.") @Nullable
        String virtualCluster,

        @Default("true") @Description("Whether it may connect.")
        boolean enabled) {

    /** Without the password: it is safe to log. */
    @Override
    public String toString() {
        return "Account{password=" + (password == null ? "none" : "***") + ", virtualCluster=" + virtualCluster
                + ", enabled=" + enabled + "}";
    }
}
