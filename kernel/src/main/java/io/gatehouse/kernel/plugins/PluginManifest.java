/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a jar says about itself, validated.
 *
 * @param requires the range of SPI versions that it works with
 * @param mainClass {@code Plugin-Class}; null when it has none
 * @param extensionClasses from the extension index, in its order; never empty
 */
record PluginManifest(
        String id,
        String version,
        String provider,
        String requires,
        @Nullable String mainClass,
        List<String> extensionClasses) {

    @Override
    public String toString() {
        return id + " " + version;
    }
}
