/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.lang.reflect.Method;
import java.util.Collection;
import org.apache.kafka.common.protocol.Message;

/**
 * Writes an error into the part of a response that answers for one name: into all its error codes, and those of its partitions. Rare, so
 * it looks for them by reflection.
 */
final class Failures {

    private Failures() {}

    /**
     * Fails a part.
     *
     * @param path of the part's fields, such as {@code Topics.}; empty for the message itself
     * @param shape says which messages there are in this version
     */
    static void fail(Object part, String path, MessageShape shape, Denial denial) {
        try {
            for (Method method : part.getClass().getMethods()) {
                if (method.getParameterCount() == 1) {
                    set(part, method, shape.has(path + "ErrorMessage"), denial);
                } else if (method.getParameterCount() == 0
                        && Collection.class.isAssignableFrom(method.getReturnType())
                        && method.invoke(part) instanceof Collection<?> parts) {
                    String name = method.getName();
                    String nested = path + Character.toUpperCase(name.charAt(0)) + name.substring(1) + ".";
                    parts.stream()
                            .filter(Message.class::isInstance)
                            .forEach(element -> fail(element, nested, shape, denial));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(part.getClass() + ": cannot be given an error", e);
        }
    }

    private static void set(Object part, Method method, boolean hasMessage, Denial denial)
            throws ReflectiveOperationException {
        switch (method.getName()) {
            case "setErrorCode", "setPartitionErrorCode" ->
                method.invoke(part, denial.error().code());
            case "setErrorMessage" -> {
                if (hasMessage) {
                    method.invoke(part, denial.reason());
                }
            }
            default -> {}
        }
    }
}
