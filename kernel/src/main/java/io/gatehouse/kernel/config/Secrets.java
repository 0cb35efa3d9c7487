/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Secrets in trees that are bound to records: components that carry {@link Secret}. What nobody knows the meaning of, such as a key that
 * the record does not have or the keys of a plugin that is not there, counts as secret too. Immutable and thread-safe.
 */
public final class Secrets {

    /** What stands where a secret would. Written back, it means "what is stored". */
    public static final String MASK = Trees.MASK;

    private final Nested nested;

    /** Which components hold the keys of a plugin, and what record those are bound to. */
    public interface Nested {

        /** Whether the component holds a plugin's keys. */
        boolean holds(RecordComponent component);

        /**
         * The record of those keys; empty when no loaded plugin has it.
         *
         * @param owner the tree of the component's record
         */
        Optional<Class<? extends Record>> type(RecordComponent component, Map<?, ?> owner);
    }

    public Secrets(Nested nested) {
        this.nested = nested;
    }

    /** The tree with every secret masked. */
    public @Nullable Object mask(@Nullable Object tree, Class<? extends Record> type) {
        return new Walk(Secrets::masked).walk(tree, null, type, "");
    }

    /** The tree with every value masked but true, false and nothing: nobody knows which of them are secret. */
    public static @Nullable Object maskAll(@Nullable Object tree) {
        return secret(tree, null, "", Secrets::masked);
    }

    /**
     * The tree with what is stored in place of every secret that is written as {@link #MASK}.
     *
     * @param stored the tree that is stored; null when none is
     * @param path where the tree stands
     * @param problems gets a problem for every mask that stands for nothing
     */
    public @Nullable Object restore(
            @Nullable Object tree,
            @Nullable Object stored,
            Class<? extends Record> type,
            String path,
            List<Problem> problems) {
        return new Walk((value, before, where) -> {
                    if (MASK.equals(value) && before == null) {
                        problems.add(new Problem(
                                where, MASK + " (expected: a value, as none is stored that this could stand for)"));
                    }
                    return MASK.equals(value) ? before : value;
                })
                .walk(tree, stored, type, path);
    }

    private static @Nullable Object masked(@Nullable Object value, @Nullable Object stored, String path) {
        return value == null || value instanceof Boolean ? value : MASK;
    }

    /** What stands for a scalar that is secret. */
    private interface Leaf {
        @Nullable
        Object replace(@Nullable Object value, @Nullable Object stored, String path);
    }

    /** A subtree all of which is secret. */
    private static @Nullable Object secret(@Nullable Object tree, @Nullable Object stored, String path, Leaf leaf) {
        if (tree instanceof Map<?, ?> map) {
            Map<?, ?> before = stored instanceof Map<?, ?> other ? other : Map.of();
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            map.forEach((key, value) -> {
                String name = String.valueOf(key);
                result.put(name, secret(value, before.get(name), Paths.key(path, name), leaf));
            });
            return result;
        }
        if (tree instanceof List<?> list) {
            List<@Nullable Object> result = new ArrayList<>();
            for (int index = 0; index < list.size(); index++) {
                result.add(secret(list.get(index), beside(list, stored, index), Paths.index(path, index), leaf));
            }
            return result;
        }
        return leaf.replace(tree, stored, path);
    }

    /** A list may have been changed: only where its length has not, an element can be told which one it was. */
    private static @Nullable Object beside(List<?> list, @Nullable Object stored, int index) {
        return stored instanceof List<?> before && before.size() == list.size() ? before.get(index) : null;
    }

    private final class Walk {
        private final Leaf leaf;

        Walk(Leaf leaf) {
            this.leaf = leaf;
        }

        @Nullable
        Object walk(@Nullable Object tree, @Nullable Object stored, Type type, String path) {
            Type inner = unwrapped(type);
            if (tree instanceof List<?> list) {
                List<@Nullable Object> result = new ArrayList<>();
                for (int index = 0; index < list.size(); index++) {
                    result.add(walk(list.get(index), beside(list, stored, index), inner, Paths.index(path, index)));
                }
                return result;
            }
            if (!(tree instanceof Map<?, ?> map)) {
                return tree;
            }
            Map<?, ?> before = stored instanceof Map<?, ?> other ? other : Map.of();
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            map.forEach((key, value) -> {
                String name = String.valueOf(key);
                String keyPath = Paths.key(path, name);
                result.put(
                        name,
                        isRecord(inner)
                                ? entry((Class<?>) inner, map, name, value, before.get(name), keyPath)
                                : walk(value, before.get(name), inner, keyPath));
            });
            return result;
        }

        private @Nullable Object entry(
                Class<?> owner,
                Map<?, ?> tree,
                String key,
                @Nullable Object value,
                @Nullable Object stored,
                String path) {
            RecordComponent component = component(owner, key).orElse(null);
            if (component == null || component.isAnnotationPresent(Secret.class)) {
                return secret(value, stored, path, leaf);
            }
            if (!nested.holds(component)) {
                return walk(value, stored, component.getGenericType(), path);
            }
            Optional<Class<? extends Record>> type = nested.type(component, tree);
            if (type.isEmpty()) {
                return secret(value, stored, path, leaf);
            }
            return Components.takesRemaining(component)
                    ? entry(type.get(), tree, key, value, stored, path)
                    : walk(value, stored, type.get(), path);
        }
    }

    private static boolean isRecord(Type type) {
        return type instanceof Class<?> raw && raw.isRecord() && !Scalars.parses(raw);
    }

    /** The component that a key belongs to: its own, or the one that takes all that remains. */
    private static Optional<RecordComponent> component(Class<?> type, String key) {
        RecordComponent remaining = null;
        for (RecordComponent component : type.getRecordComponents()) {
            if (Components.takesRemaining(component)) {
                remaining = component;
            } else if (Components.key(component).equals(key)) {
                return Optional.of(component);
            }
        }
        return Optional.ofNullable(remaining);
    }

    /** What a container of this type contains. */
    private static Type unwrapped(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            return unwrapped(arguments[arguments.length - 1]);
        }
        return type;
    }
}
