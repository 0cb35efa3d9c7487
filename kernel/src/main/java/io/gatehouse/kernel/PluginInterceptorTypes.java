/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.interception.InterceptorTypes;
import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.LoadedExtension;
import io.gatehouse.kernel.plugins.PluginGeneration;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Interceptor types as the plugins offer them that are loaded now. Thread-safe. */
final class PluginInterceptorTypes implements InterceptorTypes {

    private final Supplier<PluginSnapshot> plugins;
    private final Binder binder = new Binder();

    PluginInterceptorTypes(Supplier<PluginSnapshot> plugins) {
        this.plugins = plugins;
    }

    @Override
    public Optional<Type> find(String name) {
        return plugins.get().find(ExtensionType.INTERCEPTOR, name).map(PluginType::new);
    }

    private final class PluginType implements Type {
        private final LoadedExtension<InterceptorFactory<?>> extension;

        private PluginType(LoadedExtension<InterceptorFactory<?>> extension) {
            this.extension = extension;
        }

        @Override
        public PluginGeneration generation() {
            return extension.generation();
        }

        @Override
        public String pluginId() {
            return generation().id();
        }

        @Override
        public ClassLoader classLoader() {
            return extension.extension().getClass().getClassLoader();
        }

        @Override
        public Interceptor create(String name, Map<String, Object> config, Resubscriber resubscriber) {
            if (!generation().acquire()) {
                throw new IllegalArgumentException(
                        "plugin " + generation() + " is being replaced (expected: one that runs)");
            }
            Context context = new Context(name, generation().context(), resubscriber);
            boolean created = false;
            try {
                Interceptor interceptor = generation()
                        .guard()
                        .make("interceptor " + name, () -> create(extension.extension(), config, context));
                created = true;
                return interceptor;
            } finally {
                if (!created) {
                    generation().release();
                }
            }
        }

        private <C extends Record> Interceptor create(
                InterceptorFactory<C> factory, Map<String, Object> config, InterceptorContext context) {
            C bound = binder.bind(config, factory.configType(), "spec.config")
                    .orElseThrow("the config of type " + factory.name());
            return factory.create(bound, context);
        }

        @Override
        public Optional<String> conflict(Map<String, Object> config, Map<String, Object> other) {
            return generation()
                    .guard()
                    .call(
                            "conflict of interceptors",
                            () -> conflict(extension.extension(), config, other),
                            failure -> Optional.of("the plugin cannot compare them: " + failure));
        }

        /** What does not bind is a problem of its own. */
        private <C extends Record> Optional<String> conflict(
                InterceptorFactory<C> factory, Map<String, Object> config, Map<String, Object> other) {
            var one = binder.bind(config, factory.configType(), "spec.config");
            var another = binder.bind(other, factory.configType(), "spec.config");
            return one.problems().isEmpty() && another.problems().isEmpty()
                    ? factory.conflict(one.orElseThrow("the config"), another.orElseThrow("the other config"))
                    : Optional.empty();
        }

        @Override
        public void failed(String where, Throwable failure) {
            generation().guard().failed(where, failure);
        }

        @Override
        public void released() {
            generation().release();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof PluginType type && type.extension == extension;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(extension);
        }
    }

    private record Context(String name, PluginContext plugin, Resubscriber resubscriber) implements InterceptorContext {
        @Override
        public void resubscribe(Predicate<User> users) {
            resubscriber.resubscribe(users);
        }
    }
}
