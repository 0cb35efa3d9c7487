/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rules over principals, in the grammar of Kafka's {@code ssl.principal.mapping.rules}: {@code RULE:pattern/replacement/} with an optional
 * {@code L} or {@code U} behind it, and {@code DEFAULT}. The first rule whose pattern matches the whole text decides.
 *
 * <pre>
 * rules                                            text                     yields
 * RULE:^CN=([^,]+),OU=apps.*$/$1/                  CN=Payments,OU=apps,O=a  Payments
 * RULE:^CN=([^,]+),OU=apps.*$/$1/L                 CN=Payments,OU=apps,O=a  payments
 * RULE:^([^@]+)@acme[.]org$/$1/U                   ann@acme.org             ANN
 * RULE:^CN=([^,]+).*$/$1/                          ann                      nothing
 * RULE:^CN=([^,]+).*$/$1/,DEFAULT                  ann                      ann
 * RULE:^tmp-.*$/guest/                             tmp-7                    guest
 * RULE:^spiffe:\/\/acme\/(.*)$/$1/                 spiffe://acme/billing    billing
 * </pre>
 *
 * <p>Clients choose much of what is matched here, so patterns are RE2's: time is linear in the text, whatever the pattern. RE2 has no
 * back references, look-around or possessive quantifiers. Unlike Kafka, which replaces within the text, a replacement counts once, and one
 * that refers to a group that its pattern does not have is refused.
 *
 * <p>Immutable. Tested by {@code PrincipalRulesTest}.
 */
public final class PrincipalRules {

    private static final String DEFAULT = "DEFAULT";
    private static final String RULE = "RULE:";

    private final List<Rule> rules;

    /** One rule; without a pattern it is {@code DEFAULT}. */
    private record Rule(@Nullable Pattern pattern, List<Part> replacement, char letters) {}

    /** A piece of a replacement: the text of a group, or of its own where the group is -1. */
    private record Part(String text, int group) {}

    private PrincipalRules(List<Rule> rules) {
        this.rules = rules;
    }

    /**
     * Reads rules.
     *
     * @param texts one or several rules each, parted by commas
     * @throws IllegalArgumentException names the rule and what was expected
     */
    public static PrincipalRules of(List<String> texts) {
        List<Rule> rules = new ArrayList<>();
        texts.forEach(text -> new Parser(text).readInto(rules));
        return new PrincipalRules(List.copyOf(rules));
    }

    /** What the first rule that matches yields, which may be empty text; nothing when none matches. */
    public Optional<String> apply(String text) {
        for (Rule rule : rules) {
            if (rule.pattern() == null) {
                return Optional.of(text);
            }
            Matcher matcher = rule.pattern().matcher(text);
            if (matcher.matches()) {
                return Optional.of(replaced(rule, matcher));
            }
        }
        return Optional.empty();
    }

    private static String replaced(Rule rule, Matcher matcher) {
        StringBuilder replaced = new StringBuilder();
        for (Part part : rule.replacement()) {
            String text = part.group() < 0 ? part.text() : matcher.group(part.group());
            replaced.append(text == null ? "" : text);
        }
        return switch (rule.letters()) {
            case 'L' -> replaced.toString().toLowerCase(Locale.ENGLISH);
            case 'U' -> replaced.toString().toUpperCase(Locale.ENGLISH);
            default -> replaced.toString();
        };
    }

    /** Reads one text; one use. */
    private static final class Parser {
        private final String text;
        private int position;

        Parser(String text) {
            this.text = text;
        }

        void readInto(List<Rule> rules) {
            do {
                skipSpaces();
                rules.add(rule());
                skipSpaces();
            } while (skip(","));
            if (position < text.length()) {
                throw wrong("something follows at \"" + text.substring(position) + "\"");
            }
        }

        private Rule rule() {
            if (skip(DEFAULT)) {
                return new Rule(null, List.of(), ' ');
            }
            if (!skip(RULE)) {
                throw wrong("no rule begins at \"" + text.substring(position) + "\"");
            }
            Pattern pattern = compiled(untilSlash("pattern"));
            List<Part> replacement = parts(untilSlash("replacement"), pattern.groupCount());
            char letters = skip("L") ? 'L' : skip("U") ? 'U' : ' ';
            return new Rule(pattern, replacement, letters);
        }

        /** Up to the next slash without a backslash before it, which is left out. */
        private String untilSlash(String what) {
            int start = position;
            while (position < text.length() && text.charAt(position) != '/') {
                position += text.charAt(position) == '\\' ? 2 : 1;
            }
            if (position >= text.length()) {
                throw wrong("no slash ends the " + what);
            }
            return text.substring(start, position++);
        }

        private Pattern compiled(String pattern) {
            try {
                return Pattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                throw wrong(e.getDescription() + ": " + e.getPattern() + ", in the syntax of RE2");
            }
        }

        private List<Part> parts(String replacement, int groups) {
            List<Part> parts = new ArrayList<>();
            StringBuilder own = new StringBuilder();
            for (int at = 0; at < replacement.length(); at++) {
                char character = replacement.charAt(at);
                if (character == '\\') {
                    own.append(replacement.charAt(++at));
                } else if (character == '$') {
                    int group = at + 1 < replacement.length() ? Character.digit(replacement.charAt(++at), 10) : -1;
                    if (group < 0 || group > groups) {
                        throw wrong("the replacement " + replacement + " refers to another group than $0 to $" + groups
                                + ", which the pattern has");
                    }
                    parts.add(new Part(own.toString(), -1));
                    own.setLength(0);
                    parts.add(new Part("", group));
                } else {
                    own.append(character);
                }
            }
            parts.add(new Part(own.toString(), -1));
            return List.copyOf(parts);
        }

        private void skipSpaces() {
            while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
                position++;
            }
        }

        private boolean skip(String expected) {
            boolean there = text.startsWith(expected, position);
            position += there ? expected.length() : 0;
            return there;
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException("\"" + text + "\": " + what
                    + " (expected: RULE:pattern/replacement/, with L or U behind it or not, or DEFAULT)");
        }
    }
}
