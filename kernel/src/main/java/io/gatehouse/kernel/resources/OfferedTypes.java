/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.resources.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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

    /**
     * Interceptors that could not work beside the others, by their names, and why, such as those that give two virtual clusters of one cluster
     * names in common.
     *
     * @param clusterOf the cluster that backs a virtual cluster
     */
    default Map<String, String> conflicts(
            List<Resource<InterceptorSpec>> interceptors, Function<String, Optional<String>> clusterOf) {
        return Map.of();
    }
}
