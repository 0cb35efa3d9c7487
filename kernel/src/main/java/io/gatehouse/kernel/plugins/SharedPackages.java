/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parent of every plugin's class loader: the JDK and the packages that the SPI shows, and nothing else of the application's class
 * path. What is listed here cannot be bundled by a plugin; everything else a plugin brings itself, in the version that it likes.
 */
final class SharedPackages extends ClassLoader {

    /** Adding one is a promise to plugin authors: see the dependencies of the SPI. */
    private static final List<String> PREFIXES = List.of(
            "io.gatehouse.spi.",
            "org.pf4j.",
            "org.slf4j.",
            "io.micrometer.core.",
            "io.micrometer.common.",
            "io.micrometer.observation.",
            "org.apache.kafka.clients.",
            "org.apache.kafka.common.",
            "org.apache.kafka.server.authorizer.",
            "org.apache.kafka.server.policy.",
            "org.apache.kafka.server.quota.",
            "org.apache.kafka.server.telemetry.",
            "org.jspecify.annotations.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader application;

    SharedPackages(ClassLoader application) {
        super("shared packages", ClassLoader.getPlatformClassLoader());
        this.application = application;
    }

    /**
     * Whether plugins see the application's class of that name.
     *
     * @param className fully qualified
     */
    static boolean contains(String className) {
        for (String prefix : PREFIXES) {
            if (className.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (!contains(name)) {
            throw new ClassNotFoundException(name);
        }
        return application.loadClass(name);
    }

    /** Resources of shared packages are found too; {@code META-INF/services} of the application is not. */
    @Override
    protected @Nullable URL findResource(String name) {
        return contains(name.replace('/', '.')) ? application.getResource(name) : null;
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL found = findResource(name);
        return found == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(found));
    }

    @Override
    public String toString() {
        return "SharedPackages" + PREFIXES;
    }
}
