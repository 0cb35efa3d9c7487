/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import io.gatehouse.spi.ExtensionFactory;
import io.gatehouse.spi.PluginContext;

/**
 * Extension point: an interface for operators, such as an HTTP API. It runs when {@code administration} in the bootstrap file names it,
 * from then on until the plugin or the configuration changes or the gateway stops.
 *
 * <p>When the plugin is replaced, the old interface is closed before the new one is created, so that both can have the same address;
 * whoever uses it at that moment has to ask again.
 */
@Experimental
public interface ManagementFactory<C extends Record> extends ExtensionFactory<C> {

    /**
     * Starts serving; closing what is returned stops it. It decides by itself who may do what: {@link Operations} asks nobody.
     *
     * @throws IllegalArgumentException when the configuration cannot work
     */
    AutoCloseable create(C config, PluginContext context, Operations operations);
}
