/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Where interceptors come from: the plugins that are loaded now. */
public interface InterceptorTypes {

    /** The type of that name, if a loaded plugin offers it. */
    Optional<Type> find(String name);

    /** One interceptor type of one plugin generation. Equal to the same type of the same generation only. */
    interface Type {

        /** The plugin's id, for logs and metrics. */
        String pluginId();

        /** Set as context class loader during calls. */
        ClassLoader classLoader();

        /**
         * Creates an interceptor; its generation stays alive until it is closed.
         *
         * @throws RuntimeException when the configuration cannot work; the message lists every problem
         */
        Interceptor create(String name, Map<String, Object> config, Resubscriber resubscriber);

        /** Why two interceptors of this type, for different virtual clusters of one cluster, cannot both be; empty when they can. */
        default Optional<String> conflict(Map<String, Object> config, Map<String, Object> other) {
            return Optional.empty();
        }

        /** A call into the plugin threw. Counts and logs. */
        void failed(String where, Throwable failure);

        /** What is replaced as a whole when the plugin is; compared by identity. */
        default Object generation() {
            return this;
        }

        /** The interceptor that {@link #create} made is closed: its generation is not held by it any more. */
        void released();
    }

    /** What {@code InterceptorContext.resubscribe} does. */
    interface Resubscriber {
        void resubscribe(Predicate<User> users);
    }
}
