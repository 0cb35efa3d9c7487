/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converts scalars of a tree to the types of components. Numbers and booleans may also be texts, as placeholders yield texts. */
final class Scalars {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,19}");

    private Scalars() {}

    /** The value is not what the type expects; the message is the expectation. */
    static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Mismatch(String expectation) {
            super(expectation, null, false, false);
        }
    }

    /**
     * @throws Mismatch when the value has the wrong form
     * @throws IllegalArgumentException of a {@code parse} method, with its message
     */
    static Object convert(Object value, Class<?> type, String path) {
        if (value instanceof Map || value instanceof List) {
            throw mismatch(type);
        }
        if (type == String.class) {
            if (value instanceof String) {
                return value;
            }
            // What was written as 007 or 1.10 is no longer known.
            throw new Mismatch("a text; put it in quotes");
        }
        if (type == Path.class) {
            return path(value);
        }
        if (type == int.class || type == Integer.class) {
            return (int) integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return integer(value, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return number(value);
        }
        if (type == boolean.class || type == Boolean.class) {
            return bool(value);
        }
        if (type == Duration.class) {
            return duration(value, path);
        }
        if (type.isEnum()) {
            return constant(value, type);
        }
        if (parses(type)) {
            return parse(value, type);
        }
        throw new IllegalStateException(
                path + ": " + type.getName() + " (expected: a type that configuration can be bound to, see Binder)");
    }

    private static Mismatch mismatch(Class<?> type) {
        return new Mismatch(Expectations.of(type));
    }

    private static Path path(Object value) {
        if (!(value instanceof String text) || text.isBlank()) {
            throw mismatch(Path.class);
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw mismatch(Path.class);
        }
    }

    private static long integer(Object value, long least, long most) {
        boolean whole = value instanceof Integer || value instanceof Long || value instanceof BigInteger;
        String text = String.valueOf(value).strip();
        if (!whole && !(value instanceof String && INTEGER.matcher(text).matches())) {
            throw mismatch(long.class);
        }
        BigInteger integer = new BigInteger(text);
        if (integer.compareTo(BigInteger.valueOf(least)) < 0 || integer.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new Mismatch("an integer, " + least + " to " + most);
        }
        return integer.longValue();
    }

    private static double number(Object value) {
        try {
            if (value instanceof Number || value instanceof String) {
                return Double.parseDouble(String.valueOf(value));
            }
        } catch (NumberFormatException e) {
            throw mismatch(double.class);
        }
        throw mismatch(double.class);
    }

    private static boolean bool(Object value) {
        String text = String.valueOf(value);
        if (!text.equals("true") && !text.equals("false")) {
            throw mismatch(boolean.class);
        }
        return text.equals("true");
    }

    /** Kafka's names that end in {@code .ms} also take Kafka's values: milliseconds without a unit. */
    private static Duration duration(Object value, String path) {
        String text = String.valueOf(value).strip();
        if (path.endsWith(".ms") && text.matches("\\d{1,18}")) {
            return Duration.ofMillis(Long.parseLong(text));
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw mismatch(Duration.class);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static Object constant(Object value, Class<?> type) {
        String name = String.valueOf(value).replace('-', '_').toUpperCase(Locale.ROOT);
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().toUpperCase(Locale.ROOT).equals(name)) {
                return constant;
            }
        }
        throw mismatch(type);
    }

    /** Whether a class has a {@code public static parse(String)} that yields it. */
    static boolean parses(Class<?> type) {
        return parseMethod(type) != null;
    }

    private static @Nullable Method parseMethod(Class<?> type) {
        try {
            Method method = type.getMethod("parse", String.class);
            return Modifier.isStatic(method.getModifiers()) && type.isAssignableFrom(method.getReturnType())
                    ? method
                    : null;
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static Object parse(Object value, Class<?> type) {
        Method method = parseMethod(type);
        if (method == null) {
            throw mismatch(type);
        }
        try {
            method.setAccessible(true);
            return method.invoke(null, String.valueOf(value));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal && refusal.getMessage() != null) {
                throw refusal;
            }
            throw mismatch(type);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " cannot be called", e);
        }
    }
}
