/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.interception.Interceptors;
import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.LoadedExtension;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.kernel.resources.InterceptorSpec;
import io.gatehouse.kernel.resources.OfferedTypes;
import io.gatehouse.spi.ExtensionFactory;
import io.gatehouse.spi.resources.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** The types that resources may name, as the plugins offer them that are loaded now. Thread-safe. */
final class PluginOfferedTypes implements OfferedTypes {

    private final Supplier<PluginSnapshot> plugins;
    private final Supplier<Interceptors> interceptors;

    PluginOfferedTypes(Supplier<PluginSnapshot> plugins, Supplier<Interceptors> interceptors) {
        this.plugins = plugins;
        this.interceptors = interceptors;
    }

    @Override
    public Optional<Class<? extends Record>> configOf(Type type, String name) {
        return plugins.get().find(extensionType(type), name).flatMap(PluginOfferedTypes::configOf);
    }

    @Override
    public Set<String> names(Type type) {
        Set<String> names = new TreeSet<>();
        plugins.get().all(extensionType(type)).forEach(extension -> names.add(extension.name()));
        return names;
    }

    @Override
    public Map<String, String> conflicts(
            List<Resource<InterceptorSpec>> resources, Function<String, Optional<String>> clusterOf) {
        return interceptors
                .get()
                .conflicts(resources.stream().map(Gatehouse::definition).toList(), clusterOf);
    }

    private static Optional<Class<? extends Record>> configOf(
            LoadedExtension<? extends ExtensionFactory<?>> extension) {
        return extension
                .generation()
                .guard()
                .call(
                        "config type",
                        () -> Optional.of(extension.extension().configType()),
                        failure -> Optional.empty());
    }

    private static ExtensionType<? extends ExtensionFactory<?>> extensionType(Type type) {
        return switch (type) {
            case INTERCEPTOR -> ExtensionType.INTERCEPTOR;
            case AUTHENTICATOR -> ExtensionType.AUTHENTICATOR;
        };
    }
}
