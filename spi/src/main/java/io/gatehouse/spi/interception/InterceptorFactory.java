/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ExtensionFactory;

/**
 * Extension point: policies. An {@code Interceptor} resource whose {@code type} is {@link #name()} becomes one {@link Interceptor}.
 *
 * <p>When the plugin arrives or is replaced, the next request of every connection in scope uses the new interceptor, while
 * requests in flight finish on the old one, for 10 minutes at most: a connection with one that takes longer is closed. While the plugin is
 * missing, or {@code create} fails, the connections in scope are refused from their next request on.
 */
public interface InterceptorFactory<C extends Record> extends ExtensionFactory<C> {

    /**
     * Creates an interceptor.
     *
     * @throws IllegalArgumentException when the configuration cannot work; the message names the value and the expectation
     */
    Interceptor create(C config, InterceptorContext context);
}
