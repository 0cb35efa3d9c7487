/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.User;
import java.util.Optional;

/**
 * Which users an interceptor is for. Either everybody, or a combination of virtual cluster with at most one of group and username, or
 * one of those alone.
 */
public record Scope(boolean all, Optional<String> virtualCluster, Optional<String> group, Optional<String> username) {

    /** Everybody. */
    public static final Scope ALL = new Scope(true, Optional.empty(), Optional.empty(), Optional.empty());

    /** Whether the user is in scope. */
    public boolean matches(User user) {
        return (all || virtualCluster.isPresent() || group.isPresent() || username.isPresent())
                && virtualCluster.map(user.virtualCluster()::equals).orElse(true)
                && group.map(user.groups()::contains).orElse(true)
                && username.map(user.username()::equals).orElse(true);
    }

    /** Whether whoever comes by a route is in scope, provided that {@link #matches} holds for the route's virtual cluster. */
    boolean matchesByRoute(boolean namesVirtualCluster) {
        return group.isEmpty() && username.isEmpty() && (virtualCluster.isEmpty() || namesVirtualCluster);
    }

    /**
     * How specific it is; a higher rank wins within one policy: username in a virtual cluster 6, username 5, group in a virtual cluster 4,
     * group 3, virtual cluster 2, all 1.
     */
    public int rank() {
        int inVirtualCluster = virtualCluster.isPresent() ? 1 : 0;
        if (username.isPresent()) {
            return 5 + inVirtualCluster;
        }
        if (group.isPresent()) {
            return 3 + inVirtualCluster;
        }
        return 1 + inVirtualCluster;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(all ? "all" : "");
        virtualCluster.ifPresent(name -> text.append("virtualCluster ").append(name));
        group.ifPresent(
                name -> text.append(text.isEmpty() ? "" : ", ").append("group ").append(name));
        username.ifPresent(name ->
                text.append(text.isEmpty() ? "" : ", ").append("username ").append(name));
        return text.toString();
    }
}
