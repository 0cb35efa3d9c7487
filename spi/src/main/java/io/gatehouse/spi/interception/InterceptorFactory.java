/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ExtensionFactory;
import java.util.Optional;

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

    /**
     * Why two interceptors of this type cannot both be when they are for different virtual clusters of one cluster, or when one of them is
     * not for a certain virtual cluster. Asked when resources change; the one that worked before goes on, else the one whose name comes
     * first, and the other one's connections are refused.
     *
     * @return a sentence that names the values and the expectation; empty when they get along
     */
    default Optional<String> conflict(C config, C other) {
        return Optional.empty();
    }
}
