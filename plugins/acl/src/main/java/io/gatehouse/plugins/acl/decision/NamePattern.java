/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import java.util.ArrayList;
import java.util.List;

/**
 * Which names a rule is about. Immutable.
 *
 * <table>
 * <caption>Examples of globs</caption>
 * <tr><td>{@code *}</td><td>{@link Any}</td></tr>
 * <tr><td>{@code orders}</td><td>{@link Literal}</td></tr>
 * <tr><td>{@code orders.*}</td><td>{@link Prefix}; the dot is a dot</td></tr>
 * <tr><td>{@code team-?-*-in}</td><td>{@link Glob}</td></tr>
 * </table>
 *
 * <p>See NamePatternTest.
 */
public sealed interface NamePattern {

    /** Every name. */
    NamePattern ANY = new Any();

    /** See {@link #ANY}. */
    record Any() implements NamePattern {
        @Override
        public boolean matches(String name) {
            return true;
        }

        @Override
        public String toString() {
            return "*";
        }
    }

    /** One name. */
    record Literal(String name) implements NamePattern {
        @Override
        public boolean matches(String other) {
            return name.equals(other);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Names that start with it. */
    record Prefix(String prefix) implements NamePattern {
        @Override
        public boolean matches(String name) {
            return name.startsWith(prefix);
        }

        @Override
        public String toString() {
            return prefix + "*";
        }
    }

    /**
     * Names with wildcards in other places than the end.
     *
     * @param tokens code points, or {@link #ONE} for any one, {@link #MANY} for any sequence
     */
    record Glob(List<Integer> tokens) implements NamePattern {
        @Override
        public boolean matches(String name) {
            return !new GlobSet(List.of(this)).matches(name).isEmpty();
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            tokens.forEach(token -> {
                switch (token) {
                    case ONE -> text.append('?');
                    case MANY -> text.append('*');
                    default -> text.appendCodePoint(token);
                }
            });
            return text.toString();
        }
    }

    /** The token {@code ?}. */
    int ONE = -1;

    /** The token {@code *}. */
    int MANY = -2;

    /** Whether it is about that name. Not fast; {@link Permissions} does not use it. */
    boolean matches(String name);

    /** From text in which {@code *} and {@code ?} are wildcards. */
    static NamePattern glob(String text) {
        return new Builder().pattern(text).build();
    }

    /** Puts a pattern together from text with wildcards and text without. Not thread-safe. */
    final class Builder {
        private final List<Integer> tokens = new ArrayList<>();

        /** Text in which {@code *} and {@code ?} are wildcards. */
        public Builder pattern(String text) {
            text.codePoints().forEach(character -> {
                switch (character) {
                    case '*' -> many();
                    case '?' -> tokens.add(ONE);
                    default -> tokens.add(character);
                }
            });
            return this;
        }

        /** Text that means itself, whatever is in it. */
        public Builder literal(String text) {
            text.codePoints().forEach(tokens::add);
            return this;
        }

        private void many() {
            if (tokens.isEmpty() || tokens.get(tokens.size() - 1) != MANY) {
                tokens.add(MANY);
            }
        }

        /** The simplest pattern that says it. */
        public NamePattern build() {
            long wildcards = tokens.stream().filter(token -> token < 0).count();
            if (wildcards == 0) {
                return new Literal(text(tokens));
            }
            if (wildcards > 1 || tokens.get(tokens.size() - 1) != MANY) {
                return new Glob(List.copyOf(tokens));
            }
            return tokens.size() == 1 ? ANY : new Prefix(text(tokens.subList(0, tokens.size() - 1)));
        }

        private static String text(List<Integer> tokens) {
            StringBuilder text = new StringBuilder();
            tokens.forEach(text::appendCodePoint);
            return text.toString();
        }
    }
}
