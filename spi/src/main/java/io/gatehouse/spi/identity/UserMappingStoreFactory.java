/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.identity;

import io.gatehouse.spi.ExtensionFactory;
import io.gatehouse.spi.PluginContext;

/**
 * Extension point: user mapping lookup. The embedded one is {@code resources}. When the plugin is replaced, the next look-up uses the
 * new one, and users of live connections are looked up again before their next request is forwarded; while it is missing, connections are
 * refused as ones that may be retried, live ones at their next request.
 */
public interface UserMappingStoreFactory<C extends Record> extends ExtensionFactory<C> {

    /**
     * Creates a store.
     *
     * @param changed to be called, from any thread, after mappings have changed: users of live connections are then resolved again before
     *     their next request is forwarded
     * @throws IllegalArgumentException when the configuration cannot work; the message names the value and the expectation
     */
    UserMappingStore create(C config, PluginContext context, Runnable changed);
}
