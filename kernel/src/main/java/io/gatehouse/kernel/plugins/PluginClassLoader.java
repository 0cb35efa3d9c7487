/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The classes of one generation of one plugin. It can delegate to its parent first, because {@link SharedPackages} knows nothing but what
 * plugins share: everything else comes from the jar.
 */
final class PluginClassLoader extends URLClassLoader {

    static {
        registerAsParallelCapable();
    }

    private final String label;
    private final Queue<Class<?>> loadedClasses = new ConcurrentLinkedQueue<>();

    PluginClassLoader(PluginManifest manifest, StagedJar jar, SharedPackages shared) {
        super("plugin " + manifest.id(), new URL[] {url(jar.path())}, shared);
        this.label = manifest.id() + " " + manifest.version() + " " + jar.shortHash();
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        Class<?> found = super.findClass(name);
        loadedClasses.add(found);
        return found;
    }

    /** The classes that came from this jar so far. */
    Collection<Class<?>> loadedClasses() {
        return loadedClasses;
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(jar.toString(), e);
        }
    }

    /** Plugin id, version and the beginning of the jar's hash: what a heap dump shows. */
    @Override
    public String toString() {
        return "PluginClassLoader[" + label + "]";
    }
}
