/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spec of an {@code Account}; its {@code metadata.name} is the user name.
 *
 * @param password what PLAIN checks: a bcrypt hash, or clear text, which only a file that nobody else can read should hold, or a
 *     {@link Placeholder} for either; without one, PLAIN refuses. From clear text SCRAM's verifiers are derived
 * @param scram what SCRAM checks: by mechanism, a {@link ScramVerifier}; wins over a derived one
 */
@Description("Someone who may connect: a name, a password, and the virtual cluster that the account belongs to.")
public record Account(
        @Secret
        @Description(
                "A bcrypt hash ($2a$, $2b$ or $2y$), clear text, or a placeholder for either; without one, PLAIN refuses.")
        @Nullable
        String password,

        @Secret
        @Default("{}")
        @Description(
                "SCRAM verifiers by mechanism, as Kafka writes them: salt=...,stored_key=...,server_key=...,iterations=...")
        Map<String, String> scram,

        @Description("Lets it log in with tokens that the gateway issued; none are taken when left out.") @Nullable
        AccountTokens tokens,

        @Description("The virtual cluster of its connections, unless a user mapping names one.") @Nullable
        String virtualCluster,

        @Default("true") @Description("Whether it may connect.")
        boolean enabled) {

    Account withPassword(@Nullable String changed, Map<String, String> changedScram) {
        return new Account(changed, changedScram, tokens, virtualCluster, enabled);
    }

    Account withTokens(@Nullable AccountTokens changed) {
        return new Account(password, scram, changed, virtualCluster, enabled);
    }

    /** Without secrets: it is safe to log. */
    @Override
    public String toString() {
        return "Account{password=" + (password == null ? "none" : "***") + ", scram=" + scram.keySet() + ", tokens="
                + tokens + ", virtualCluster=" + virtualCluster + ", enabled=" + enabled + "}";
    }
}
