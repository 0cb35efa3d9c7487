/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.DataSize;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a type expects, in an operator's words. */
final class Expectations {

    private Expectations() {}

    static String of(Type type) {
        if (type instanceof WildcardType) {
            return "a value";
        }
        if (type instanceof ParameterizedType parameterized) {
            Type raw = parameterized.getRawType();
            if (raw == Optional.class) {
                return of(parameterized.getActualTypeArguments()[0]);
            }
            return raw == List.class || raw == Set.class ? "a list" : "an object";
        }
        return ofClass((Class<?>) type);
    }

    private static String ofClass(Class<?> type) {
        if (type == String.class) {
            return "a text";
        }
        if (type == Path.class) {
            return "a path";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "an integer";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == Duration.class) {
            return "a duration such as 500ms, 30s, 10m, 1h or 7d";
        }
        if (type == DataSize.class) {
            return "a size such as 512, 64KiB or 100MiB";
        }
        if (type == PortRange.class) {
            return "a port such as 19092 or a range such as 19092-19192";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> written((Enum<?>) constant))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type.isRecord() && !Scalars.parses(type)) {
            List<String> keys = Components.keys(type);
            return keys.isEmpty() ? "an object without keys" : "an object with " + String.join(", ", keys);
        }
        return type == Object.class || type == Map.class ? "a value" : "a " + type.getSimpleName();
    }

    /** How operators write an enum's constant. */
    static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
