/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@link Binder} accepts for a record, as a JSON Schema (2020-12) in a tree. Rules that a constructor checks are not in it. Stateless.
 */
public final class Schemas {

    private static final String TYPE = "type";

    private Schemas() {}

    /** The schema of a record. */
    public static Map<String, Object> of(Class<? extends Record> type) {
        return record(type);
    }

    /** The description of a record, if it has one. */
    public static Optional<String> description(Class<? extends Record> type) {
        return Optional.ofNullable(type.getAnnotation(Description.class)).map(Description::value);
    }

    private static Map<String, Object> record(Class<?> type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put(TYPE, "object");
        Optional.ofNullable(type.getAnnotation(Description.class))
                .ifPresent(description -> schema.put("description", description.value()));
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        boolean open = false;
        for (RecordComponent component : type.getRecordComponents()) {
            if (Components.takesRemaining(component)) {
                open = true;
                continue;
            }
            String key = Components.key(component);
            properties.put(key, property(component));
            if (Components.defaultTree(component).isEmpty()
                    && component.getType() != Optional.class
                    && !Components.isNullable(component)) {
                required.add(key);
            }
        }
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", open);
        return schema;
    }

    private static Map<String, Object> property(RecordComponent component) {
        Map<String, Object> schema = new LinkedHashMap<>(type(component.getGenericType()));
        Description description = component.getAnnotation(Description.class);
        if (description != null) {
            schema.put("description", description.value());
        }
        Components.defaultTree(component).ifPresent(value -> schema.put("default", value));
        if (component.isAnnotationPresent(Secret.class)) {
            schema.put("format", "password");
        }
        return schema;
    }

    private static Map<String, Object> type(Type type) {
        if (type instanceof WildcardType wildcard) {
            return type(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof ParameterizedType parameterized) {
            Type raw = parameterized.getRawType();
            Type[] arguments = parameterized.getActualTypeArguments();
            Map<String, Object> element = type(arguments[arguments.length - 1]);
            if (raw == List.class || raw == Set.class) {
                return Map.of(TYPE, "array", "items", element);
            }
            return raw == Map.class ? Map.of(TYPE, "object", "additionalProperties", element) : element;
        }
        return scalar((Class<?>) type);
    }

    private static Map<String, Object> scalar(Class<?> type) {
        if (type == Object.class) {
            return Map.of();
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return Map.of(TYPE, "integer");
        }
        if (type == double.class || type == Double.class) {
            return Map.of(TYPE, "number");
        }
        if (type == boolean.class || type == Boolean.class) {
            return Map.of(TYPE, "boolean");
        }
        if (type.isEnum()) {
            return Map.of(
                    TYPE,
                    "string",
                    "enum",
                    Arrays.stream(type.getEnumConstants())
                            .map(constant -> (Enum<?>) constant)
                            // Kafka's words are written as Kafka has them too.
                            .flatMap(constant -> Stream.of(Expectations.written(constant), constant.name()))
                            .distinct()
                            .toList());
        }
        if (type == Duration.class) {
            return Map.of(TYPE, "string", "examples", List.of("500ms", "30s", "10m"));
        }
        if (type.isRecord() && !Scalars.parses(type)) {
            return record(type);
        }
        // A size may be written as a number too, and a port range.
        return Scalars.parses(type) ? Map.of(TYPE, List.of("string", "integer")) : Map.of(TYPE, "string");
    }
}
