/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import dev.cel.runtime.CelVariableResolver;
import io.gatehouse.spi.User;
import java.util.List;
import java.util.Optional;

/** What expressions see of a user. Immutable. */
record UserVariables(String username, String principal, String virtualCluster, List<String> groups)
        implements CelVariableResolver {

    static UserVariables of(User user) {
        return new UserVariables(user.username(), user.principal(), user.virtualCluster(), List.copyOf(user.groups()));
    }

    @Override
    public Optional<Object> find(String name) {
        return switch (name) {
            case "user.username" -> Optional.of(username);
            case "user.principal" -> Optional.of(principal);
            case "user.virtualCluster" -> Optional.of(virtualCluster);
            case "user.groups" -> Optional.of(groups);
            default -> Optional.empty();
        };
    }
}
