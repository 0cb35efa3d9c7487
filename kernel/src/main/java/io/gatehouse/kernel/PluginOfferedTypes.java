/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.LoadedExtension;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.kernel.resources.OfferedTypes;
import io.gatehouse.spi.ExtensionFactory;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The types that resources may name, as the plugins offer them that are loaded now. Thread-safe. */
final class PluginOfferedTypes implements OfferedTypes {

    private final Supplier<PluginSnapshot> plugins;

    PluginOfferedTypes(Supplier<PluginSnapshot> plugins) {
        this.plugins = plugins;
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
