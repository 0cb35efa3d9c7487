/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.records;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names by patterns. Immutable.
 *
 * <table>
 * <caption>Examples</caption>
 * <tr><td>{@code *}</td><td>everything</td></tr>
 * <tr><td>{@code orders}</td><td>{@code orders} alone</td></tr>
 * <tr><td>{@code orders.*}</td><td>{@code orders.} and what starts with it; the dot is a dot</td></tr>
 * <tr><td>{@code team-?}</td><td>{@code team-a}, not {@code team-ab}</td></tr>
 * </table>
 *
 * <p>See GlobsTest.
 */
final class Globs {

    private final Pattern pattern;

    Globs(List<String> globs) {
        this.pattern =
                Pattern.compile(globs.stream().map(Globs::regex).collect(Collectors.joining("|")), Pattern.DOTALL);
    }

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        glob.codePoints().forEach(character -> {
            switch (character) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(character)));
            }
        });
        return regex.toString();
    }

    boolean match(String name) {
        return pattern.matcher(name).matches();
    }
}
