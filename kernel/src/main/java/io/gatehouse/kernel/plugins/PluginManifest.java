/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a validated jar without running any of its code.
 *
 * @param requires the range of SPI versions that it works with
 * @param mainClass {@code Plugin-Class}; null when it has none
 * @param extensionClasses from the extension index, in its order; never empty
 * @param warnings what may not work although it is not refused, each a sentence
 */
record PluginManifest(
        String id,
        String version,
        String provider,
        String requires,
        @Nullable String mainClass,
        List<String> extensionClasses,
        List<String> warnings) {

    /** The extension classes and the main class: from these everything else of the jar is reached. */
    Set<String> roots() {
        Set<String> roots = new LinkedHashSet<>(extensionClasses);
        if (mainClass != null) {
            roots.add(mainClass);
        }
        return roots;
    }

    PluginManifest withWarnings(List<String> found) {
        return new PluginManifest(id, version, provider, requires, mainClass, extensionClasses, found);
    }

    @Override
    public String toString() {
        return id + " " + version;
    }
}
