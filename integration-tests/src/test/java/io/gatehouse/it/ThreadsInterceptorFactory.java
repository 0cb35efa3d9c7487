/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.Optional;

/** Says on which kinds of threads its connections are, and on which it explains. */
public final class ThreadsInterceptorFactory implements InterceptorFactory<NoConfig> {

    @Override
    public String name() {
        return "threads";
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public Interceptor create(NoConfig config, InterceptorContext context) {
        return new Interceptor() {
            private volatile String subscribing = "";

            @Override
            public void subscribe(User user, Subscriptions on) {
                subscribing = kind();
            }

            @Override
            public Optional<String> explain(User user, Question question) {
                return Optional.of(subscribing + " explained by " + kind());
            }
        };
    }

    private static String kind() {
        return Thread.currentThread().getName().replaceAll("[0-9]+", "n");
    }
}
