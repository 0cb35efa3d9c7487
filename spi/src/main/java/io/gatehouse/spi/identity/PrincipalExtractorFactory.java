/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.identity;

import io.gatehouse.spi.ExtensionFactory;
import io.gatehouse.spi.PluginContext;

/**
 * Extension point: principal extraction. When the plugin is replaced, the next authentication uses the new one, and
 * principals of live connections are extracted again before their next request is forwarded; while it is missing, connections that need
 * it are refused as ones that may be retried, live ones at their next request.
 */
public interface PrincipalExtractorFactory<C extends Record> extends ExtensionFactory<C> {

    /**
     * Creates an extractor.
     *
     * @throws IllegalArgumentException when the configuration cannot work; the message names the value and the expectation
     */
    PrincipalExtractor create(C config, PluginContext context);
}
