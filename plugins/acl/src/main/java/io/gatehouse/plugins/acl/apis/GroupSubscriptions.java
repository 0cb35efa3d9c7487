/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.plugins.acl.decision.Permissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What members of consumer groups (KIP-848) subscribed to by pattern, for all connections of one interceptor: a member says it once and may
 * come again over another connection. Thread-safe.
 */
public final class GroupSubscriptions {

    /** The members that were heard of least recently are forgotten; they are fenced once when they come again. */
    private static final int MAX_MEMBERS = 100_000;

    private final Map<Member, Subscription> members = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Member, Subscription> eldest) {
            return size() > MAX_MEMBERS;
        }
    };

    /** A member of a group, as one user: nobody else's subscription counts for it. */
    record Member(String virtualCluster, String username, String groupId, String memberId) {}

    /**
     * What the member said, and what the broker was told instead.
     *
     * @param names as the client sent them
     * @param pattern as the client sent it; empty for none
     * @param expanded the names that the broker got in place of the pattern; null when it got the pattern
     * @param permissions with which {@code expanded} was made
     * @param madeNanos when it was made
     */
    record Subscription(
            List<String> names,
            String pattern,
            @Nullable Set<String> expanded,
            Permissions permissions,
            long madeNanos) {}

    synchronized Optional<Subscription> find(Member member) {
        return Optional.ofNullable(members.get(member));
    }

    synchronized void put(Member member, Subscription subscription) {
        members.put(member, subscription);
    }

    synchronized void remove(Member member) {
        members.remove(member);
    }
}
