/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.plugins.admin.http.ApiHandler.Call;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** A page of a long list: {@code limit} at most, of what comes after {@code after}. Stateless. */
final class Page {

    static final String LIMIT = "limit";
    static final String AFTER = "after";

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private Page() {}

    /**
     * The answer: {@code items}, {@code total} of all pages, and {@code next} when there are more.
     *
     * @param all in the order of their keys
     * @param isAfter whether an element's key comes after one that a client names
     */
    static <T> Map<String, Object> of(
            Call call,
            List<T> all,
            Function<String, Predicate<T>> isAfter,
            Function<T, String> key,
            Function<T, Map<String, Object>> shown) {
        int limit = call.parameter(LIMIT).map(Page::limit).orElse(DEFAULT_LIMIT);
        List<T> rest = call.parameter(AFTER)
                .map(after -> all.stream().filter(isAfter.apply(after)).toList())
                .orElse(all);
        List<T> page = rest.subList(0, Math.min(limit, rest.size()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", page.stream().map(shown).toList());
        body.put("total", all.size());
        if (page.size() < rest.size()) {
            body.put("next", key.apply(page.get(page.size() - 1)));
        }
        return body;
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw Problem.badRequest("limit: \"" + text + "\" (expected: 1 to " + MAX_LIMIT + ")");
    }
}
