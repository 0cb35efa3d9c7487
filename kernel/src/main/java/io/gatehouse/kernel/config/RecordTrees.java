/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way back from a record to a tree: what {@link Binder} would bind to an equal record. Components that have their default, or nothing,
 * are left out. Secrets stand in the tree as they are. Stateless.
 */
public final class RecordTrees {

    private RecordTrees() {}

    /** The tree of a record. */
    public static Map<String, Object> tree(Record record) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(record, component);
            if (value == null || value.equals(Optional.empty()) || isDefault(component, value)) {
                continue;
            }
            if (Components.takesRemaining(component)) {
                ((Map<?, ?>) value).forEach((key, each) -> tree.put(String.valueOf(key), written(each)));
                continue;
            }
            tree.put(Components.key(component), written(value));
        }
        return tree;
    }

    /**
     * A tree that says what a changed record does, as near as possible to the one that the record was bound from: only the keys of
     * components that differ are replaced.
     */
    public static <R extends Record> Map<String, Object> withChanges(Map<String, Object> tree, R bound, R changed) {
        Map<String, Object> result = new LinkedHashMap<>(tree);
        Map<String, Object> whole = tree(changed);
        for (RecordComponent component : bound.getClass().getRecordComponents()) {
            if (Objects.equals(value(bound, component), value(changed, component))) {
                continue;
            }
            if (Components.takesRemaining(component)) {
                return whole;
            }
            String key = Components.key(component);
            if (whole.containsKey(key)) {
                result.put(key, whole.get(key));
            } else {
                result.remove(key);
            }
        }
        return result;
    }

    private static boolean isDefault(RecordComponent component, Object value) {
        return Components.defaultTree(component)
                .filter(tree -> tree.equals(written(value)))
                .isPresent();
    }

    static @Nullable Object value(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }

    private static @Nullable Object written(@Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean || value instanceof String) {
            return value;
        }
        if (value instanceof Optional<?> optional) {
            return written(optional.orElse(null));
        }
        if (value instanceof Collection<?> collection) {
            List<@Nullable Object> list = new ArrayList<>();
            collection.forEach(element -> list.add(written(element)));
            return list;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> entries = new LinkedHashMap<>();
            map.forEach((key, each) -> entries.put(String.valueOf(key), written(each)));
            return entries;
        }
        if (value instanceof Enum<?> constant) {
            return Expectations.written(constant);
        }
        if (value instanceof Duration duration) {
            return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
        }
        if (value instanceof Record record && !Scalars.parses(record.getClass())) {
            return tree(record);
        }
        return value instanceof Path ? value.toString() : String.valueOf(value);
    }
}
