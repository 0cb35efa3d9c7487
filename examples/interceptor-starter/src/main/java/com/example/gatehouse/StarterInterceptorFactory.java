/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package com.example.gatehouse;

import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import org.pf4j.Extension;

/** The extension: an {@code Interceptor} resource with {@code type: starter} becomes one {@link StarterInterceptor}. */
@Extension
public final class StarterInterceptorFactory implements InterceptorFactory<StarterConfig> {

    @Override
    public String name() {
        return "starter";
    }

    @Override
    public Class<StarterConfig> configType() {
        return StarterConfig.class;
    }

    @Override
    public Interceptor create(StarterConfig config, InterceptorContext context) {
        return new StarterInterceptor(config);
    }
}
