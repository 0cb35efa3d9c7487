/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.Set;

/** The spec of kind {@code Group}: users who have a policy in common. Immutable. */
@Description("Users who have a policy in common.")
public record GroupSpec(
        @Description("Usernames or principals; [] for those of other groups alone.")
        Set<String> members,

        @Description(
                "Names of groups that mappings or authentications yield, such as those of a token's claim: whoever is in one of them is a member.")
        @Default("[]")
        Set<String> externalGroups) {

    public GroupSpec {
        requireNames("members", members, "usernames or principals");
        requireNames("externalGroups", externalGroups, "names of groups that mappings or authentications yield");
    }

    private static void requireNames(String key, Set<String> names, String expected) {
        if (names.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(key + ": an empty one (expected: " + expected + ")");
        }
    }
}
