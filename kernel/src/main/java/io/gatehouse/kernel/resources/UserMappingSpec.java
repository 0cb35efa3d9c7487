/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.User;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.Optional;
import java.util.Set;

/** The spec of kind {@code UserMapping}: what the operator says about a principal. Immutable. */
@Description("What the operator says about a principal.")
public record UserMappingSpec(
        @Description("The principal, exactly.") String principal,

        @Description("The name of the one authentication entry that this is for; all when left out.")
        Optional<String> authentication,

        @Description("What policies call the user; the principal when left out.")
        Optional<String> username,

        @Description("The user's virtual cluster.") Optional<String> virtualCluster,
        @Description("Groups of the user.") @Default("[]") Set<String> groups,

        @Description("Whether the principal is refused.") @Default("false")
        boolean deny) {

    public UserMappingSpec {
        requireText("principal", Optional.of(principal));
        requireText("authentication", authentication);
        requireText("username", username);
        requireText("virtualCluster", virtualCluster);
        if (username.filter(User.ANONYMOUS::equals).isPresent() && !principal.equals(User.ANONYMOUS)) {
            throw new IllegalArgumentException(
                    "username: \"ANONYMOUS\" (expected: another name, as this one is reserved)");
        }
    }

    private static void requireText(String key, Optional<String> text) {
        if (text.filter(String::isBlank).isPresent()) {
            throw new IllegalArgumentException(key + ": empty (expected: at least one character)");
        }
    }
}
