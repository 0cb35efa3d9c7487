/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.lang.reflect.Method;
import java.util.Collection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/**
 * Writes an error into the part of a response that answers for one name: into all its error codes, and those of its partitions. Rare, so
 * it looks for them by reflection.
 */
final class Failures {

    private Failures() {}

    static void fail(Object part, Denial denial) {
        fail(part, denial.error(), denial.reason());
    }

    private static void fail(Object part, Errors error, String reason) {
        try {
            for (Method method : part.getClass().getMethods()) {
                if (method.getParameterCount() == 1) {
                    set(part, method, error, reason);
                } else if (method.getParameterCount() == 0
                        && Collection.class.isAssignableFrom(method.getReturnType())
                        && method.invoke(part) instanceof Collection<?> parts) {
                    parts.stream().filter(Message.class::isInstance).forEach(nested -> fail(nested, error, reason));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(part.getClass() + ": cannot be given an error", e);
        }
    }

    private static void set(Object part, Method method, Errors error, String reason)
            throws ReflectiveOperationException {
        switch (method.getName()) {
            case "setErrorCode", "setPartitionErrorCode" -> method.invoke(part, error.code());
            case "setErrorMessage" -> method.invoke(part, reason);
            default -> {}
        }
    }
}
