/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.identity;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the operator says about a principal. Immutable.
 *
 * @param name which mapping this is, for explanations and logs
 * @param deny whether the principal is refused outright
 */
public record UserMapping(
        String name, Optional<String> username, Optional<String> virtualCluster, Set<String> groups, boolean deny) {

    public UserMapping {
        groups = Set.copyOf(groups);
    }

    /** A mapping that admits. */
    public static UserMapping of(
            String name, @Nullable String username, @Nullable String virtualCluster, Set<String> groups) {
        return new UserMapping(name, Optional.ofNullable(username), Optional.ofNullable(virtualCluster), groups, false);
    }

    /** A mapping that refuses. */
    public static UserMapping denying(String name) {
        return new UserMapping(name, Optional.empty(), Optional.empty(), Set.of(), true);
    }
}
