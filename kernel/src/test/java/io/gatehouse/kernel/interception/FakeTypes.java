/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.interception.Interceptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Interceptor types without plugins. */
final class FakeTypes implements InterceptorTypes {

    private final Map<String, FakeType> types = new HashMap<>();

    /** A type whose interceptors the supplier makes; replaces one of the same name, as a new generation does. */
    FakeType add(String name, Supplier<Interceptor> interceptors) {
        FakeType type = new FakeType(interceptors);
        types.put(name, type);
        return type;
    }

    void remove(String name) {
        types.remove(name);
    }

    @Override
    public Optional<Type> find(String name) {
        return Optional.ofNullable(types.get(name));
    }

    /** One type of one generation, with what happened to it. */
    static final class FakeType implements Type {
        final List<String> failures = new CopyOnWriteArrayList<>();
        final List<Resubscriber> resubscribers = new CopyOnWriteArrayList<>();
        final AtomicInteger created = new AtomicInteger();
        final AtomicInteger released = new AtomicInteger();
        final ClassLoader loader = new ClassLoader("fake", FakeTypes.class.getClassLoader()) {};
        private final Supplier<Interceptor> interceptors;

        private FakeType(Supplier<Interceptor> interceptors) {
            this.interceptors = interceptors;
        }

        @Override
        public String pluginId() {
            return "fake";
        }

        @Override
        public ClassLoader classLoader() {
            return loader;
        }

        @Override
        public Interceptor create(String name, Map<String, Object> config, Resubscriber resubscriber) {
            created.incrementAndGet();
            resubscribers.add(resubscriber);
            return interceptors.get();
        }

        @Override
        public void failed(String where, Throwable failure) {
            failures.add(where + ": " + failure);
        }

        @Override
        public void released() {
            released.incrementAndGet();
        }
    }
}
