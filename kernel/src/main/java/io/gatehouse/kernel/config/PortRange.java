/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports that operators write as {@code 19092} or {@code 19092-19192}. Immutable.
 *
 * @param first the lowest, 1 to 65535
 * @param last the highest, at least {@code first}
 */
public record PortRange(int first, int last) {

    private static final int HIGHEST = 65535;
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(?:\\s*-\\s*(\\d{1,9}))?");

    public PortRange {
        requirePort(first);
        requirePort(last);
        if (first > last) {
            throw new IllegalArgumentException(
                    first + "-" + last + " (expected: a range that is not empty, such as " + last + "-" + first + ")");
        }
    }

    /** @throws IllegalArgumentException with the value and the expectation */
    public static PortRange parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" (expected: a port such as 19092 or a range such as 19092-19192)");
        }
        int first = Integer.parseInt(matcher.group(1));
        return new PortRange(first, matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2)));
    }

    private static void requirePort(int port) {
        if (port < 1 || port > HIGHEST) {
            throw new IllegalArgumentException(port + " (expected: 1-" + HIGHEST + ")");
        }
    }

    /** Whether a port is one of these. */
    public boolean contains(int port) {
        return port >= first && port <= last;
    }

    /** Whether the two have a port in common. */
    public boolean overlaps(PortRange other) {
        return first <= other.last && other.first <= last;
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
