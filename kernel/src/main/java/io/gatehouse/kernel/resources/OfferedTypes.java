/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import java.util.Optional;
import java.util.Set;

/** What resources name that plugins offer now, and the records that their own keys are bound to. Thread-safe. */
public interface OfferedTypes {

    /** Nobody offers anything. */
    OfferedTypes NONE = new OfferedTypes() {
        @Override
        public Optional<Class<? extends Record>> configOf(Type type, String name) {
            return Optional.empty();
        }

        @Override
        public Set<String> names(Type type) {
            return Set.of();
        }
    };

    /** What resources name by a {@code type} key. */
    enum Type {
        INTERCEPTOR,
        AUTHENTICATOR
    }

    /** The record of the configuration; empty when nobody offers the name. */
    Optional<Class<? extends Record>> configOf(Type type, String name);

    /** All names that are offered. */
    Set<String> names(Type type);
}
