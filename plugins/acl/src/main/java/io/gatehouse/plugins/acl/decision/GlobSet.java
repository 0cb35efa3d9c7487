/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import io.gatehouse.plugins.acl.decision.NamePattern.Glob;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Many globs as one automaton: a name is read once, whatever the globs are, and never backtracked. A bit is a place in a glob; a place in
 * front of which a {@code *} stands stays set, whatever comes. Immutable.
 */
final class GlobSet {

    private final int words;
    private final long[] start;
    private final long[] stays;
    private final long[] anyOne;
    private final Map<Integer, long[]> byCodePoint = new HashMap<>();
    private final int[] ends;

    GlobSet(List<Glob> globs) {
        int places = globs.stream()
                .mapToInt(glob -> 1
                        + (int) glob.tokens().stream()
                                .filter(token -> token != NamePattern.MANY)
                                .count())
                .sum();
        words = (places + 63) / 64;
        start = new long[words];
        stays = new long[words];
        anyOne = new long[words];
        ends = new int[globs.size()];
        int place = 0;
        for (int i = 0; i < ends.length; i++) {
            set(start, place);
            for (int token : globs.get(i).tokens()) {
                if (token == NamePattern.MANY) {
                    set(stays, place);
                } else if (token == NamePattern.ONE) {
                    set(anyOne, place++);
                } else {
                    set(byCodePoint.computeIfAbsent(token, any -> new long[words]), place++);
                }
            }
            ends[i] = place++;
        }
    }

    private static void set(long[] bits, int place) {
        bits[place >> 6] |= 1L << place;
    }

    /** Which globs match, by their places in the list. */
    BitSet matches(String name) {
        long[] now = start.clone();
        long[] next = new long[words];
        int at = 0;
        while (at < name.length()) {
            int character = name.codePointAt(at);
            at += Character.charCount(character);
            long[] these = byCodePoint.get(character);
            long carry = 0;
            for (int word = 0; word < words; word++) {
                long moving = now[word] & (anyOne[word] | (these == null ? 0 : these[word]));
                next[word] = moving << 1 | carry | now[word] & stays[word];
                carry = moving >>> 63;
            }
            long[] free = now;
            now = next;
            next = free;
        }
        BitSet matching = new BitSet();
        for (int i = 0; i < ends.length; i++) {
            if ((now[ends[i] >> 6] & 1L << ends[i]) != 0) {
                matching.set(i);
            }
        }
        return matching;
    }
}
