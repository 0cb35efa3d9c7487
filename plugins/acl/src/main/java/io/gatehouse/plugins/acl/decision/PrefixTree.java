/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Prefixes, each below the longest other one that it starts with, and what they say. Found by one binary search: whatever prefixes a name
 * has, they are the greatest entry that is not greater than the name, or above it. Immutable.
 */
final class PrefixTree {

    private static final int NONE = -1;

    private final String[] prefixes;
    private final int[] parents;
    private final long[] rights;

    PrefixTree(Map<String, Rights> byPrefix) {
        prefixes = byPrefix.keySet().stream().sorted().toArray(String[]::new);
        parents = new int[prefixes.length];
        rights = new long[prefixes.length];
        Deque<Integer> above = new ArrayDeque<>();
        for (int i = 0; i < prefixes.length; i++) {
            while (!above.isEmpty() && !prefixes[i].startsWith(prefixes[above.peek()])) {
                above.pop();
            }
            parents[i] = above.isEmpty() ? NONE : above.peek();
            rights[i] = byPrefix.get(prefixes[i]).packed() | (above.isEmpty() ? 0 : rights[above.peek()]);
            above.push(i);
        }
    }

    /** What all prefixes of a name say together; see {@link Rights#packed}. */
    long rights(String name) {
        int at = Arrays.binarySearch(prefixes, name);
        if (at < 0) {
            at = -at - 2;
        }
        while (at != NONE && !name.startsWith(prefixes[at])) {
            at = parents[at];
        }
        return at == NONE ? 0 : rights[at];
    }

    /** Collects what is said of each name. */
    static final class Builder {
        private final Map<String, Rights> byPrefix = new HashMap<>();

        void add(String prefix, Rule rule) {
            byPrefix.computeIfAbsent(prefix, any -> new Rights()).add(rule);
        }

        PrefixTree build() {
            return new PrefixTree(byPrefix);
        }
    }
}
