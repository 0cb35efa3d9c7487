/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import org.pf4j.ExtensionPoint;

/**
 * One extension that runs.
 *
 * @param type its extension point
 * @param name what operators write
 * @param extension the plugin's object; call it through {@link PluginGeneration#guard()}
 * @param generation whose lease to hold while using anything that the extension made
 */
public record LoadedExtension<T extends ExtensionPoint>(
        ExtensionType<T> type, String name, T extension, PluginGeneration generation) {

    /** Point and name, such as {@code interceptor starter}. */
    @Override
    public String toString() {
        return type + " " + name;
    }
}
