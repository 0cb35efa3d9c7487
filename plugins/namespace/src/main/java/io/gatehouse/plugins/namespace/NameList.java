/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.NamespaceConfig.AdditionalNames;
import io.gatehouse.plugins.namespace.NamespaceConfig.Conflict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The additional names of one kind. The first entry that matches a name counts. Immutable.
 *
 * <table>
 * <caption>Globs</caption>
 * <tr><td>{@code public.*}</td><td>{@code public.} and what starts with it; the dot is a dot</td></tr>
 * <tr><td>{@code audit-?}</td><td>{@code audit-1}, not {@code audit-10}</td></tr>
 * <tr><td>{@code *}</td><td>everything but {@code __remote_log_metadata} and others that start so</td></tr>
 * <tr><td>{@code __debezium*}</td><td>what starts with that</td></tr>
 * </table>
 *
 * <p>See NamespaceTest, NameListTest.
 */
final class NameList {

    /** What the names of topics start with that are no application's. */
    private static final String INTERNAL = "__";

    private final List<Entry> entries;
    private final Predicate<String> never;

    /** One entry of the configuration, ready to be asked. */
    record Entry(Set<String> exact, Optional<Pattern> glob, Conflict conflict, boolean manage) {

        private static Entry of(AdditionalNames names) {
            return new Entry(
                    Set.copyOf(names.exact()), names.glob().map(Entry::regex), names.conflict(), names.manage());
        }

        private static Pattern regex(String glob) {
            // Of Kafka and what runs beside it, which nobody means who does not say so.
            StringBuilder regex = new StringBuilder(glob.startsWith(INTERNAL) ? "" : "(?!" + INTERNAL + ")");
            glob.codePoints().forEach(character -> {
                switch (character) {
                    case '*' -> regex.append(".*");
                    case '?' -> regex.append('.');
                    default -> regex.append(Pattern.quote(Character.toString(character)));
                }
            });
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        }

        boolean matches(String name) {
            return exact.contains(name)
                    || glob.filter(pattern -> pattern.matcher(name).matches()).isPresent();
        }
    }

    /**
     * The names of one kind.
     *
     * @param never names that are not additional, whatever an entry says
     */
    NameList(List<AdditionalNames> names, Predicate<String> never) {
        this.never = never;
        entries = names.stream()
                .map(Entry::of)
                .filter(entry -> !entry.exact().isEmpty() || entry.glob().isPresent())
                .toList();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether there is an entry that does not name its names. */
    boolean hasGlobs() {
        return entries.stream().anyMatch(entry -> entry.glob().isPresent());
    }

    /** The names that are named. */
    Stream<String> exact() {
        return entries.stream()
                .flatMap(entry -> entry.exact().stream())
                .filter(name -> !never.test(name))
                .distinct();
    }

    Optional<Entry> find(String name) {
        if (entries.isEmpty() || never.test(name)) {
            return Optional.empty();
        }
        for (Entry entry : entries) {
            if (entry.matches(name)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }
}
