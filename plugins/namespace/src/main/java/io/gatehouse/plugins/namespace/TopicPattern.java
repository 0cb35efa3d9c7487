/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A client's regular expression over names, kept within a namespace. Brokers match whole names with RE2J, so a leading {@code ^} and a
 * closing {@code $} say nothing and go; what else looks beyond the name's part that it stands for cannot be kept and is refused.
 *
 * <table>
 * <caption>With the prefix {@code team-a.} and the additional topic {@code audit}</caption>
 * <tr><th>hide</th><th>on the cluster</th></tr>
 * <tr><td>{@code ^orders.*}</td><td>{@code team-a\.(?:orders.*)}</td></tr>
 * <tr><td>{@code orders|audit}</td><td>{@code team-a\.(?:orders|audit)|\Qaudit\E}</td></tr>
 * <tr><td>{@code x)|(?:.*}</td><td>refused: does not compile by itself</td></tr>
 * <tr><td>{@code a|b$|c}, {@code \bx}, {@code \Qx}</td><td>refused, saying why</td></tr>
 * <tr><th>enforce</th><th></th></tr>
 * <tr><td>{@code team-a\.orders.*}</td><td>{@code team-a\.(?:orders.*)}</td></tr>
 * <tr><td>{@code .*}</td><td>{@code team-a\.(?:.*)}</td></tr>
 * <tr><td>{@code orders.*}</td><td>refused: has to start with the prefix</td></tr>
 * </table>
 *
 * <p>See TopicPatternTest.
 */
final class TopicPattern {

    private static final String ALTERNATIVE = "\\|\\\\Q[a-zA-Z0-9._-]+\\\\E";

    private final String literalPrefix;
    private final Namespace namespace;

    /** Why a pattern is refused, for the client. */
    static final class RefusedPatternException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedPatternException(String pattern, String why) {
            super("Regular expression `" + pattern + "` " + why, null, false, false);
        }
    }

    TopicPattern(Namespace namespace) {
        this.namespace = namespace;
        this.literalPrefix = namespace.prefix().replace(".", "\\.");
    }

    /**
     * The pattern for the cluster.
     *
     * @param additional names without the prefix that the client sees; those that match become alternatives
     */
    String toReal(String pattern, List<String> additional) throws RefusedPatternException {
        Pattern whole = compile(pattern, pattern);
        String inner = withoutAnchors(pattern);
        new Scan(pattern, inner).refuseAnchors();
        String own = namespace.hides() ? inner : withoutPrefix(pattern, inner);
        compile(pattern, own);
        String real = literalPrefix + "(?:" + own + ")"
                + additional.stream()
                        .filter(name -> whole.matcher(name).matches())
                        .sorted()
                        .map(name -> "|\\Q" + name + "\\E")
                        .collect(Collectors.joining());
        compile(pattern, real);
        return real;
    }

    private static Pattern compile(String shown, String pattern) throws RefusedPatternException {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new RefusedPatternException(shown, "is not a valid regular expression: " + e.getDescription() + ".");
        }
    }

    private static String withoutAnchors(String pattern) {
        String inner = pattern.startsWith("^") ? pattern.substring(1) : pattern;
        if (inner.endsWith("$") && !Scan.isLiteral(inner, inner.length() - 1)) {
            return inner.substring(0, inner.length() - 1);
        }
        return inner;
    }

    /** In enforce mode the client names the prefix, letter by letter or escaped; or any name at all. */
    private String withoutPrefix(String pattern, String inner) throws RefusedPatternException {
        if (inner.equals(".*") || inner.equals(".+")) {
            return inner;
        }
        if (new Scan(pattern, inner).hasAlternatives()) {
            throw new RefusedPatternException(
                    pattern,
                    "has alternatives outside of parentheses (expected: the prefix once, before all of them).");
        }
        if (inner.startsWith(literalPrefix)) {
            return inner.substring(literalPrefix.length());
        }
        if (inner.startsWith(namespace.prefix())) {
            return inner.substring(namespace.prefix().length());
        }
        throw new RefusedPatternException(
                pattern, "has to start with `" + literalPrefix + "`, the prefix of this virtual cluster.");
    }

    /** The client's pattern of one that was made here; empty for any other. */
    String toSeen(String real) {
        String start = literalPrefix + "(?:";
        String rest = real;
        String shorter = rest.replaceFirst(ALTERNATIVE + "$", "");
        while (!shorter.equals(rest)) {
            rest = shorter;
            shorter = rest.replaceFirst(ALTERNATIVE + "$", "");
        }
        if (!rest.startsWith(start) || !rest.endsWith(")")) {
            return "";
        }
        String own = rest.substring(start.length(), rest.length() - 1);
        boolean any = own.equals(".*") || own.equals(".+");
        return namespace.hides() || any ? own : literalPrefix + own;
    }

    /** Walks a pattern that compiles, telling what is an operator from what is a letter. */
    private static final class Scan {
        private final String shown;
        private final String pattern;
        private int at;
        private int depth;

        private Scan(String shown, String pattern) {
            this.shown = shown;
            this.pattern = pattern;
        }

        /** Whether the character at an index is a letter: escaped, quoted or in a class. */
        static boolean isLiteral(String pattern, int index) {
            Scan scan = new Scan(pattern, pattern);
            while (scan.at < index) {
                scan.skip();
            }
            return scan.at > index;
        }

        void refuseAnchors() throws RefusedPatternException {
            while (at < pattern.length()) {
                char character = pattern.charAt(at);
                if (character == '^' || character == '$') {
                    throw refused("has the anchor `" + character
                            + "` inside (expected: at most a leading ^ and a closing $).");
                }
                if (character == '\\') {
                    refuseEscape(pattern.charAt(at + 1));
                }
                skip();
            }
        }

        private void refuseEscape(char escaped) throws RefusedPatternException {
            if ("AzZbB".indexOf(escaped) >= 0) {
                throw refused("has `\\" + escaped + "` (expected: neither anchors nor word boundaries).");
            }
            if (escaped == 'Q' && pattern.indexOf("\\E", at) < 0) {
                throw refused("has an open `\\Q` (expected: closed by `\\E`).");
            }
        }

        boolean hasAlternatives() {
            while (at < pattern.length()) {
                if (pattern.charAt(at) == '|' && depth == 0) {
                    return true;
                }
                skip();
            }
            return false;
        }

        /** On to what comes after the operator, the letter, the quotation or the class. */
        private void skip() {
            switch (pattern.charAt(at)) {
                case '\\' -> skipEscape();
                case '[' -> skipClass();
                case '(' -> {
                    depth++;
                    at++;
                }
                case ')' -> {
                    depth--;
                    at++;
                }
                default -> at++;
            }
        }

        private void skipEscape() {
            if (pattern.startsWith("\\Q", at)) {
                int end = pattern.indexOf("\\E", at);
                at = end < 0 ? pattern.length() : end + 2;
                return;
            }
            at += 2;
        }

        /** {@code []a]} has a bracket inside, and so has {@code [[:alpha:]]}. */
        private void skipClass() {
            at++;
            if (at < pattern.length() && pattern.charAt(at) == '^') {
                at++;
            }
            if (at < pattern.length() && pattern.charAt(at) == ']') {
                at++;
            }
            while (at < pattern.length() && pattern.charAt(at) != ']') {
                if (pattern.startsWith("[:", at) && pattern.indexOf(":]", at + 2) >= 0) {
                    at = pattern.indexOf(":]", at + 2) + 2;
                } else {
                    at += pattern.charAt(at) == '\\' ? 2 : 1;
                }
            }
            at++;
        }

        private RefusedPatternException refused(String why) {
            return new RefusedPatternException(shown, why);
        }
    }
}
