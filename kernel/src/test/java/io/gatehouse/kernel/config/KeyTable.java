/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of a page's table of keys, as the records have them. */
final class KeyTable {

    private KeyTable() {}

    static List<String> rowsOf(Class<?> type) {
        List<String> rows = new ArrayList<>();
        addRows(type, "", rows);
        return rows;
    }

    private static void addRows(Class<?> type, String prefix, List<String> rows) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (Components.takesRemaining(component)) {
                continue;
            }
            String path = prefix + Components.key(component);
            Class<?> nested = nestedRecord(component.getGenericType());
            boolean list = component.getGenericType().getTypeName().contains("java.util.List<");
            rows.add("| `" + path + "` | " + presence(component) + " | " + description(component) + " |");
            if (nested != null) {
                addRows(nested, path + (list ? "[]." : "."), rows);
            }
        }
    }

    private static Class<?> nestedRecord(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            Class<?> raw = (Class<?>) parameterized.getRawType();
            return raw == Map.class ? null : nestedRecord(parameterized.getActualTypeArguments()[0]);
        }
        Class<?> raw = (Class<?>) type;
        return raw.isRecord() && !Scalars.parses(raw) ? raw : null;
    }

    private static String presence(RecordComponent component) {
        Default value = component.getAnnotation(Default.class);
        if (value == null) {
            return component.getType() == Optional.class || Components.isNullable(component) ? "optional" : "required";
        }
        return value.value().isEmpty() || value.value().equals("{}") ? "optional" : "default `" + value.value() + "`";
    }

    private static String description(RecordComponent component) {
        String text = component.getAnnotation(Description.class).value();
        Class<?> type = component.getType();
        return type.isEnum() ? text + " O" + Expectations.of(type).substring(1) + "." : text;
    }
}
