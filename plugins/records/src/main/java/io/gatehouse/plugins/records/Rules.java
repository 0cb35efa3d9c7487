/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import java.util.List;
import java.util.Map;

/** What rules of both directions are held to when they are read, so that every mistake is reported at its place. */
final class Rules {

    private Rules() {}

    /** @throws IllegalArgumentException naming the component, its value and what was expected */
    static void check(List<String> topics, String when, Map<String, String> setHeaders, List<String> removeHeaders) {
        if (topics.isEmpty()) {
            throw new IllegalArgumentException("topics: none (expected: at least one name or pattern)");
        }
        requireText("topics", topics);
        requireText("removeHeaders", removeHeaders);
        Expression.condition("when", when);
        setHeaders.forEach((header, value) -> {
            if (header.isEmpty()) {
                throw new IllegalArgumentException("setHeaders: an empty name (expected: the name of a header)");
            }
            Expression.text("setHeaders." + header, value);
        });
    }

    private static void requireText(String component, List<String> patterns) {
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).isEmpty()) {
                throw new IllegalArgumentException(
                        component + "[" + i + "]: empty (expected: a name or a pattern with * and ?)");
            }
        }
    }
}
