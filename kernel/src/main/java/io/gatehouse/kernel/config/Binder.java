/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Secret;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds a tree (maps, lists and scalars, as read from YAML or JSON) to a record and reports all problems at once, each with its path.
 *
 * <p>A component is required unless it is {@code Optional}, {@code @Nullable} or has a {@link io.gatehouse.spi.config.Default}; a null
 * counts as left out. Types: String, Path, int, long, double, boolean, enums, {@link java.time.Duration}, {@code DataSize} and every
 * other class with a static {@code parse(String)}, records, {@code List}, {@code Set}, {@code Map<String, X>}, and {@code Object} for a
 * raw subtree. Unknown keys are refused. An {@link IllegalArgumentException} of a canonical constructor is a problem of that record; a
 * message that starts with the name of a component, as in {@code port: 70000 (expected: 1-65535)}, is one of that component.
 *
 * <p>Values of components that are {@link Secret} or came from a placeholder never stand in a message. Immutable and thread-safe.
 */
public final class Binder {

    private final Map<String, String> origins;

    /** A binder for trees without placeholders. */
    public Binder() {
        this(Map.of());
    }

    /** @param origins by path, the placeholder whose value stands there */
    Binder(Map<String, String> origins) {
        this.origins = Map.copyOf(origins);
    }

    /**
     * Binds a tree.
     *
     * @param tree an object as a map with text keys
     * @param path where the tree stands, for messages; empty for the root
     */
    public <T extends Record> Bound<T> bind(@Nullable Object tree, Class<T> type, String path) {
        return bind(tree, type, path, Set.of());
    }

    /**
     * Binds what a {@link Remaining} component took.
     *
     * @param otherKeys keys that the object's other components have: never values here, but suggested to whoever misspelled them
     */
    public <T extends Record> Bound<T> bind(@Nullable Object tree, Class<T> type, String path, Set<String> otherKeys) {
        Run run = new Run(otherKeys, path);
        Object value = run.convert(tree, type, path, false);
        return new Bound<>(run.problems.isEmpty() ? type.cast(value) : null, run.problems);
    }

    /** One call of {@link #bind}. */
    private final class Run {
        private final Set<String> otherKeys;
        private final String root;
        private final List<Problem> problems = new ArrayList<>();
        private final List<String> hiddenTexts = new ArrayList<>();

        Run(Set<String> otherKeys, String root) {
            this.otherKeys = otherKeys;
            this.root = root;
        }

        @Nullable
        Object convert(@Nullable Object value, Type type, String path, boolean secret) {
            if (type instanceof WildcardType wildcard) {
                return convert(value, wildcard.getUpperBounds()[0], path, secret);
            }
            if (type == Object.class) {
                return Trees.copy(value);
            }
            if (value == null) {
                return problem(path, "nothing", Expectations.of(type));
            }
            if (type instanceof ParameterizedType parameterized) {
                return convertGeneric(value, parameterized, path, secret);
            }
            Class<?> raw = (Class<?>) type;
            if (raw.isRecord() && !Scalars.parses(raw)) {
                return record(value, raw, path, secret);
            }
            return scalar(value, raw, path, secret);
        }

        private @Nullable Object scalar(Object value, Class<?> type, String path, boolean secret) {
            boolean hidden = secret || origins.containsKey(path);
            if (hidden) {
                hiddenTexts.add(String.valueOf(value));
            }
            try {
                return Scalars.convert(value, type, path);
            } catch (Scalars.Mismatch e) {
                return problem(path, show(value, path, secret), e.getMessage());
            } catch (IllegalArgumentException e) {
                problems.add(
                        new Problem(path, redact(e.getMessage(), hidden ? List.of(String.valueOf(value)) : List.of())));
                return null;
            }
        }

        private @Nullable Object convertGeneric(Object value, ParameterizedType type, String path, boolean secret) {
            Class<?> raw = (Class<?>) type.getRawType();
            Type[] arguments = type.getActualTypeArguments();
            if (raw == Optional.class) {
                return Optional.ofNullable(convert(value, arguments[0], path, secret));
            }
            if (raw == List.class || raw == Set.class) {
                return elements(value, arguments[0], raw == Set.class, path, secret);
            }
            if (raw == Map.class && arguments[0] == String.class) {
                return entries(value, arguments[1], path, secret);
            }
            throw new IllegalStateException(
                    path + ": " + type + " (expected: a type that configuration can be bound to, see Binder)");
        }

        private @Nullable Object elements(Object value, Type type, boolean set, String path, boolean secret) {
            if (!(value instanceof List<?> list)) {
                return problem(path, show(value, path, secret), "a list");
            }
            List<Object> elements = new ArrayList<>();
            for (int index = 0; index < list.size(); index++) {
                elements.add(convert(list.get(index), type, Paths.index(path, index), secret));
            }
            return set
                    ? Collections.unmodifiableSet(new LinkedHashSet<>(elements))
                    : Collections.unmodifiableList(elements);
        }

        private @Nullable Object entries(Object value, Type type, String path, boolean secret) {
            if (!(value instanceof Map<?, ?> map)) {
                return problem(path, show(value, path, secret), "an object");
            }
            Map<String, Object> entries = new LinkedHashMap<>();
            map.forEach((key, element) -> {
                String name = String.valueOf(key);
                entries.put(name, convert(element, type, Paths.key(path, name), secret));
            });
            return Collections.unmodifiableMap(entries);
        }

        private @Nullable Object record(Object value, Class<?> type, String path, boolean secret) {
            if (!(value instanceof Map<?, ?> map)) {
                return problem(path, show(value, path, secret), Expectations.of(type));
            }
            int problemsBefore = problems.size();
            int hiddenBefore = hiddenTexts.size();
            RecordComponent[] components = type.getRecordComponents();
            @Nullable Object[] arguments = new Object[components.length];
            Set<Object> unknown = new LinkedHashSet<>(map.keySet());
            for (RecordComponent component : components) {
                unknown.remove(Components.key(component));
            }
            for (int index = 0; index < components.length; index++) {
                RecordComponent component = components[index];
                if (Components.takesRemaining(component)) {
                    arguments[index] = remaining(map, unknown);
                    unknown = Set.of();
                    continue;
                }
                arguments[index] = component(map, component, path, secret);
            }
            unknown.forEach(key -> unknownKey(String.valueOf(key), type, path));
            if (problems.size() > problemsBefore) {
                return null;
            }
            return construct(type, arguments, path, hiddenTexts.subList(hiddenBefore, hiddenTexts.size()));
        }

        private Object remaining(Map<?, ?> map, Set<Object> keys) {
            Map<String, Object> remaining = new LinkedHashMap<>();
            keys.forEach(key -> remaining.put(String.valueOf(key), Trees.copy(map.get(key))));
            return Collections.unmodifiableMap(remaining);
        }

        private @Nullable Object component(Map<?, ?> map, RecordComponent component, String path, boolean secret) {
            String key = Components.key(component);
            String keyPath = Paths.key(path, key);
            boolean hidden = secret || component.isAnnotationPresent(Secret.class);
            Object value = map.get(key);
            if (value != null) {
                return convert(value, component.getGenericType(), keyPath, hidden);
            }
            Optional<Object> defaultTree = Components.defaultTree(component);
            if (defaultTree.isPresent()) {
                return convert(defaultTree.get(), component.getGenericType(), keyPath, hidden);
            }
            if (component.getType() == Optional.class) {
                return Optional.empty();
            }
            if (Components.isNullable(component)) {
                return null;
            }
            return problem(keyPath, "missing", Expectations.of(component.getGenericType()));
        }

        private void unknownKey(String key, Class<?> type, String path) {
            Set<String> known = new LinkedHashSet<>(Components.keys(type));
            String expected = known.isEmpty() ? "no keys" : "one of " + String.join(", ", known);
            if (path.equals(root)) {
                known.addAll(otherKeys);
            }
            String hint = Suggestions.nearest(key, known)
                    .map(near -> "did you mean `" + near + "`?")
                    .orElse("expected: " + expected);
            problems.add(new Problem(Paths.key(path, key), "unknown key (" + hint + ")"));
        }

        private @Nullable Object construct(
                Class<?> type, @Nullable Object[] arguments, String path, List<String> hidden) {
            try {
                Constructor<?> constructor = type.getDeclaredConstructor(Components.types(type));
                constructor.setAccessible(true);
                return constructor.newInstance(arguments);
            } catch (InvocationTargetException e) {
                Throwable cause = e.getCause();
                if (!(cause instanceof RuntimeException)) {
                    throw new IllegalStateException("constructor of " + type.getName() + " failed", cause);
                }
                String message = cause instanceof IllegalArgumentException && cause.getMessage() != null
                        ? redact(cause.getMessage(), hidden)
                        : "not accepted by " + type.getSimpleName() + ", which threw "
                                + cause.getClass().getName();
                problems.add(atComponent(message, type, path));
                return null;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("record " + type.getName() + " cannot be constructed", e);
            }
        }

        private Problem atComponent(String message, Class<?> type, String path) {
            int colon = message.indexOf(": ");
            if (colon > 0) {
                String head = message.substring(0, colon);
                String first = head.split("\\[", 2)[0];
                boolean names = Components.keys(type).stream()
                        .anyMatch(key -> first.equals(key) || first.startsWith(key + "."));
                if (names) {
                    return new Problem(Paths.key(path, head), message.substring(colon + 2));
                }
            }
            return new Problem(path, message);
        }

        private @Nullable Object problem(String path, String found, String expectation) {
            problems.add(new Problem(path, found + " (expected: " + expectation + ")"));
            return null;
        }

        private String show(Object value, String path, boolean secret) {
            if (secret) {
                return "a secret";
            }
            return Objects.requireNonNullElseGet(origins.get(path), () -> Trees.show(value));
        }

        private String redact(String message, List<String> hidden) {
            String redacted = message;
            for (String text : hidden) {
                redacted = text.isEmpty() ? redacted : redacted.replace(text, Trees.MASK);
            }
            return redacted;
        }
    }
}
