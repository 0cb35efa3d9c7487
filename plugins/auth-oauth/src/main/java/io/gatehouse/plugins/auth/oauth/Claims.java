/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds claims by name or path: first as one flat name, then part by part. Examples, tested by {@code OAuthAuthenticatorTest}:
 *
 * <pre>
 * path                 claims                                       value
 * sub                  {"sub": "alice"}                             alice
 * gateway.vcluster     {"gateway.vcluster": "team-a"}               team-a
 * gateway.vcluster     {"gateway": {"vcluster": "team-a"}}          team-a
 * realm_access.roles   {"realm_access": {"roles": ["a", "b"]}}      [a, b]
 * </pre>
 */
final class Claims {

    private Claims() {}

    /** The value at a path; empty when there is none, or null. */
    static Optional<Object> find(Map<String, Object> claims, String path) {
        Object flat = claims.get(path);
        if (flat != null) {
            return Optional.of(flat);
        }
        int dot = path.indexOf('.');
        if (dot < 0 || !(claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner)) {
            return Optional.empty();
        }
        return find(asClaims(inner), path.substring(dot + 1));
    }

    /** A text at a path; empty when there is none, or something else. */
    static Optional<String> text(Map<String, Object> claims, String path) {
        return find(claims, path)
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .filter(text -> !text.isEmpty());
    }

    /** Texts at a path: the elements of a list, or the parts of a text. */
    static List<String> texts(Map<String, Object> claims, String path, String delimiter) {
        Object value = find(claims, path).orElse(null);
        if (value instanceof Collection<?> collection) {
            return collection.stream()
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .filter(text -> !text.isEmpty())
                    .toList();
        }
        if (!(value instanceof String text)) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        for (String part : text.split(java.util.regex.Pattern.quote(delimiter))) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    /** Whether a claim is a value, or a list with it. */
    static boolean has(Map<String, Object> claims, String path, String expected) {
        Object value = find(claims, path).orElse(null);
        if (value instanceof Collection<?> collection) {
            return collection.stream().anyMatch(element -> isText(element, expected));
        }
        return isText(value, expected);
    }

    private static boolean isText(@Nullable Object value, String expected) {
        return value != null && String.valueOf(value).equals(expected);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asClaims(Map<?, ?> inner) {
        return (Map<String, Object>) inner;
    }
}
