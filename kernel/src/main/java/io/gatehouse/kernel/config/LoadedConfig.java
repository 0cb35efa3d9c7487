/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.util.Map;
import java.util.function.Supplier;

/** The bootstrap file as it counts. Immutable and thread-safe. */
public final class LoadedConfig {

    private final GatehouseConfig config;
    private final Binder binder;
    private final Map<String, String> origins;
    private final Supplier<LoadedConfig> again;

    LoadedConfig(GatehouseConfig config, Binder binder, Map<String, String> origins, Supplier<LoadedConfig> again) {
        this.config = config;
        this.binder = binder;
        this.origins = Map.copyOf(origins);
        this.again = again;
    }

    /**
     * The same file, and the files that its placeholders name, as they are now.
     *
     * @throws ConfigException with everything that is wrong
     */
    public LoadedConfig readAgain() {
        return again.get();
    }

    /** The configuration. */
    public GatehouseConfig config() {
        return config;
    }

    /**
     * Binds subtrees that the file holds for plugins, such as {@code listeners[0].authentication[0]}: given their path, it keeps what came
     * from placeholders out of messages.
     */
    public Binder binder() {
        return binder;
    }

    /**
     * The configuration with defaults as YAML, for the log. Secrets are masked, placeholders stand as they were written. Texts and
     * numbers in a plugin's own keys are masked too: which of them are secret is known to the plugin alone.
     */
    public String effective() {
        return EffectiveConfig.text(config, origins);
    }
}
