/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What record components say about themselves. */
final class Components {

    private Components() {}

    static String key(RecordComponent component) {
        Key key = component.getAnnotation(Key.class);
        return key == null ? component.getName() : key.value();
    }

    static List<String> keys(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .filter(component -> !takesRemaining(component))
                .map(Components::key)
                .toList();
    }

    static Class<?>[] types(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
    }

    static boolean takesRemaining(RecordComponent component) {
        return component.isAnnotationPresent(Remaining.class);
    }

    /** By the annotation's name: a plugin may carry a Nullable of its own. */
    static boolean isNullable(RecordComponent component) {
        Stream<Annotation> annotations = Stream.concat(
                Arrays.stream(component.getAnnotations()),
                Arrays.stream(component.getAnnotatedType().getAnnotations()));
        return annotations.anyMatch(
                annotation -> annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    static Optional<Object> defaultTree(RecordComponent component) {
        Default annotation = component.getAnnotation(Default.class);
        if (annotation == null) {
            return Optional.empty();
        }
        // Text is itself: a regular expression such as [a-z]+ would be a list in YAML, and "" nothing at all.
        if (component.getType() == String.class || annotation.value().isEmpty()) {
            return Optional.of(annotation.value());
        }
        Yaml.Parsed parsed = Yaml.read(annotation.value());
        if (!parsed.problems().isEmpty()
                || parsed.documents().size() != 1
                || parsed.documents().get(0) == null) {
            throw new IllegalStateException("@Default(\"" + annotation.value() + "\") of "
                    + component.getDeclaringRecord().getName() + "." + component.getName()
                    + " (expected: one YAML value)");
        }
        return Optional.of(parsed.documents().get(0));
    }
}
