/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of binding: a value, or every reason why there is none. Immutable.
 *
 * @param value null if and only if there are problems
 */
public record Bound<T>(@Nullable T value, List<Problem> problems) {

    public Bound {
        problems = List.copyOf(problems);
        if ((value == null) == problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "value: " + value + ", problems: " + problems + " (expected: one of both)");
        }
    }

    /**
     * The value.
     *
     * @param subject what was bound, for the message
     * @throws ConfigException listing the problems
     */
    public T orElseThrow(String subject) {
        if (value == null) {
            throw new ConfigException(subject, problems);
        }
        return value;
    }
}
