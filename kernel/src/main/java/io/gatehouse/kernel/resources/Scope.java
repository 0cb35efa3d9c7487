/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.Optional;
import java.util.stream.Stream;

/** Whom an interceptor is for. Immutable. */
public record Scope(
        @Description("Everybody.") @Default("false") boolean all,
        @Description("Users of this virtual cluster.") Optional<String> virtualCluster,
        @Description("Users in this group.") Optional<String> group,
        @Description("The user with this username.") Optional<String> username) {

    private static final String EXPECTED =
            " (expected: {all: true}, or virtualCluster with or without one of group and username, or one of those alone,"
                    + " such as {virtualCluster: team-a, group: writers})";

    public Scope {
        boolean narrowed = virtualCluster.isPresent() || group.isPresent() || username.isPresent();
        if (!all && !narrowed) {
            throw new IllegalArgumentException("nobody" + EXPECTED);
        }
        if (all && narrowed) {
            throw new IllegalArgumentException("all together with virtualCluster, group or username" + EXPECTED);
        }
        if (group.isPresent() && username.isPresent()) {
            throw new IllegalArgumentException("group together with username" + EXPECTED);
        }
        if (Stream.of(virtualCluster, group, username)
                .anyMatch(name -> name.filter(String::isBlank).isPresent())) {
            throw new IllegalArgumentException("an empty name" + EXPECTED);
        }
    }
}
