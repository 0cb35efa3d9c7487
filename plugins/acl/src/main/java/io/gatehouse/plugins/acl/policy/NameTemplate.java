/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.policy;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.gatehouse.plugins.acl.decision.NamePattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names in a rule. Immutable and thread-safe.
 *
 * <table>
 * <caption>Examples, of a user alice in the groups a and b*</caption>
 * <tr><td>{@code orders.*}</td><td>what starts with {@code orders.}</td></tr>
 * <tr><td>{@code ${user.username}-*}</td><td>what starts with {@code alice-}</td></tr>
 * <tr><td>{@code team-${user.groups}}</td><td>{@code team-a} and {@code team-b*}, whose star is a star</td></tr>
 * </table>
 *
 * <p>See PolicyTest.
 */
final class NameTemplate {

    private final List<Part> parts;

    private NameTemplate(List<Part> parts) {
        this.parts = parts;
    }

    /** Text with wildcards, or else an expression. */
    private record Part(String text, CelRuntime.@Nullable Program expression) {}

    /** @throws IllegalArgumentException when an expression in it is none */
    static NameTemplate parse(String template) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        int start = template.indexOf("${");
        while (start >= 0) {
            int end = template.indexOf('}', start);
            if (end < 0) {
                throw new IllegalArgumentException("\"" + template + "\": ${ without } (expected: ${expression})");
            }
            parts.add(new Part(template.substring(at, start), null));
            String expression = template.substring(start + 2, end);
            parts.add(new Part("", Expressions.value(expression)));
            at = end + 1;
            start = template.indexOf("${", at);
        }
        parts.add(new Part(template.substring(at), null));
        return new NameTemplate(parts);
    }

    /**
     * The names for a user: one, or one for each text of a list.
     *
     * @throws CelEvaluationException when they cannot be said: a claim is not there, or a value is no text, or empty
     */
    List<NamePattern> of(CelVariableResolver identity) throws CelEvaluationException {
        List<List<String>> values = new ArrayList<>();
        for (Part part : parts) {
            if (part.expression() != null) {
                values.add(texts(part.expression().eval(identity)));
            }
        }
        List<NamePattern> names = new ArrayList<>();
        combine(values, new ArrayList<>(), names);
        return names;
    }

    private void combine(List<List<String>> values, List<String> chosen, List<NamePattern> names) {
        if (chosen.size() == values.size()) {
            names.add(pattern(chosen));
            return;
        }
        for (String value : values.get(chosen.size())) {
            List<String> longer = new ArrayList<>(chosen);
            longer.add(value);
            combine(values, longer, names);
        }
    }

    private NamePattern pattern(List<String> values) {
        NamePattern.Builder builder = new NamePattern.Builder();
        int next = 0;
        for (Part part : parts) {
            if (part.expression() == null) {
                builder.pattern(part.text());
            } else {
                builder.literal(values.get(next++));
            }
        }
        return builder.build();
    }

    private static List<String> texts(Object value) throws CelEvaluationException {
        Collection<?> values = value instanceof Collection<?> collection ? collection : List.of(value);
        List<String> texts = new ArrayList<>();
        for (Object each : values) {
            if (!(each instanceof String text) || text.isEmpty()) {
                throw new CelEvaluationException(
                        "a name is made of \"" + each + "\" (expected: a text of at least one character)");
            }
            texts.add(text);
        }
        return texts;
    }
}
