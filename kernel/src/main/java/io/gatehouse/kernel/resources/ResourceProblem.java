/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

/**
 * One thing that is wrong with a resource. Immutable; never holds a secret.
 *
 * @param origin where the resource stands, such as {@code users.yaml#2}; empty when the message says it
 * @param kind as written; empty when it cannot be read
 * @param name as written; empty when it cannot be read
 * @param path within the resource, such as {@code spec.principal}; empty for the whole
 * @param message the value and the expectation
 */
public record ResourceProblem(String origin, String kind, String name, String path, String message, Effect effect) {

    /** What the problem does. */
    public enum Effect {
        /** The resource counts as absent. */
        ABSENT(" [not in force]"),
        /** The resource counts as absent until a plugin offers its kind. */
        WAITING(" [not in force until then]"),
        /** The last valid version of the resource counts. */
        KEPT(" [the last valid version stays in force]"),
        /** The resource counts, but what it refers to is not there. */
        REPORTED("");

        private final String text;

        Effect(String text) {
            this.text = text;
        }
    }

    @Override
    public String toString() {
        StringBuilder sentence = new StringBuilder(origin);
        if (!kind.isEmpty()) {
            sentence.append(sentence.isEmpty() ? "" : " ").append(kind);
            sentence.append(name.isEmpty() ? "" : "/" + name);
        }
        if (!path.isEmpty()) {
            sentence.append(sentence.isEmpty() ? "" : " ").append(path);
        }
        return sentence.append(sentence.isEmpty() ? "" : ": ")
                .append(message)
                .append(effect.text)
                .toString();
    }
}
