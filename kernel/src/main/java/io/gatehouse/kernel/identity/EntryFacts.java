/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import java.util.Set;

/**
 * What the {@code authentication} entry that a connection used says about principals. Immutable.
 *
 * @param principalPrefix put before the principal; may be empty
 * @param groupPrefix put before each group of the authentication; may be empty
 * @param foreignPrefixes prefixes of other entries: no principal of this one may begin with them
 */
public record EntryFacts(String principalPrefix, String groupPrefix, Set<String> foreignPrefixes) {

    /** An entry without prefixes. */
    public static final EntryFacts PLAIN = new EntryFacts("", "", Set.of());

    public EntryFacts {
        foreignPrefixes = Set.copyOf(foreignPrefixes);
    }
}
