/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ExtensionFactory;

/**
 * Extension point: policies. An {@code Interceptor} resource whose {@code type} is {@link #name()} becomes one {@link Interceptor}.
 *
 * <p>When the plugin arrives or is replaced, the next request of every connection in scope uses the new interceptor; while it is
 * missing, or {@code create} fails, the connections in scope are refused.
 */
public interface InterceptorFactory<C extends Record> extends ExtensionFactory<C> {

    /**
     * Creates an interceptor.
     *
     * @throws IllegalArgumentException when the configuration cannot work; the message names the value and the expectation
     */
    Interceptor create(C config, InterceptorContext context);
}
