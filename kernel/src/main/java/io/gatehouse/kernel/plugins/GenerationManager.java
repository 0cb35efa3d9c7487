/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.LegacyExtensionFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.VersionManager;

/**
 * PF4J's manager for exactly one generation of one plugin. A shared manager is not thread-safe, lets one plugin that does not resolve
 * block the others, and leaks a class loader when {@code stop} throws; one for each generation is dropped as a whole.
 */
final class GenerationManager extends AbstractPluginManager {

    private final PluginManifest manifest;
    private final StagedJar jar;
    private final PluginClassLoader loader;

    private @Nullable Plugin plugin;

    GenerationManager(PluginManifest manifest, StagedJar jar, PluginClassLoader loader) {
        super(List.of());
        this.manifest = manifest;
        this.jar = jar;
        this.loader = loader;
    }

    /** Loads and starts. {@code plugin} must not throw: PF4J would only log it. */
    void start(Plugin plugin) {
        this.plugin = plugin;
        loadPlugin(jar.path());
        startPlugin(manifest.id());
    }

    /** Stops, when it was started, and closes the class loader. */
    void stopAndUnload() {
        // PF4J fails on a manager that has never loaded anything.
        if (getPlugin(manifest.id()) != null) {
            unloadPlugin(manifest.id());
        }
    }

    private PluginDescriptor descriptor() {
        return new DefaultPluginDescriptor(
                manifest.id(),
                "",
                manifest.mainClass() == null ? Plugin.class.getName() : manifest.mainClass(),
                manifest.version(),
                manifest.requires(),
                manifest.provider(),
                "");
    }

    // AbstractPluginManager calls these from its constructor, so they use the fields only when they are called
    // themselves.

    @Override
    protected List<Path> createPluginsRoot() {
        return List.of();
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new PluginLoader() {
            @Override
            public boolean isApplicable(Path path) {
                return true;
            }

            @Override
            public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
                return loader;
            }
        };
    }

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new PluginDescriptorFinder() {
            @Override
            public boolean isApplicable(Path path) {
                return true;
            }

            @Override
            public PluginDescriptor find(Path path) {
                return descriptor();
            }
        };
    }

    @Override
    protected PluginFactory createPluginFactory() {
        return wrapper -> plugin;
    }

    @Override
    protected PluginRepository createPluginRepository() {
        return new PluginRepository() {
            @Override
            public List<Path> getPluginPaths() {
                return List.of(jar.path());
            }

            @Override
            public boolean deletePluginPath(Path path) {
                return false;
            }
        };
    }

    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
        return new PluginStatusProvider() {
            @Override
            public boolean isPluginDisabled(String pluginId) {
                return false;
            }

            @Override
            public void disablePlugin(String pluginId) {
                throw new UnsupportedOperationException("a plugin is disabled by taking its jar away");
            }

            @Override
            public void enablePlugin(String pluginId) {
                throw new UnsupportedOperationException("a plugin is enabled by its jar");
            }
        };
    }

    @Override
    protected ExtensionFactory createExtensionFactory() {
        return new DefaultExtensionFactory();
    }

    @Override
    protected ExtensionFinder createExtensionFinder() {
        return new LegacyExtensionFinder(this);
    }

    @Override
    protected VersionManager createVersionManager() {
        return new DefaultVersionManager();
    }
}
