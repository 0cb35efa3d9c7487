/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.config.Description;
import java.util.Set;

/** The spec of kind {@code Group}: users who have a policy in common. Immutable. */
@Description("Users who have a policy in common.")
public record GroupSpec(
        @Description("Usernames or principals.") Set<String> members) {

    public GroupSpec {
        if (members.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("members: an empty one (expected: usernames or principals)");
        }
    }
}
