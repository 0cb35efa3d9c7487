/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;
import io.gatehouse.spi.ExtensionFactory;
import io.gatehouse.spi.PluginContext;

/**
 * Extension point: where declarative resources live. The embedded one is {@code file}. A gateway has one resource store; it counts from
 * the next start.
 */
@Experimental
public interface ResourceStoreFactory<C extends Record> extends ExtensionFactory<C> {

    /** Creates the store without opening it. */
    ResourceStore create(C config, PluginContext context);
}
