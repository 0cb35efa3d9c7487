/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceView;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Leaves the version of its jar and all greetings on every produced record. */
public final class GreetingInterceptorFactory implements InterceptorFactory<NoConfig> {

    static final String HEADER = "greetings";

    @Override
    public String name() {
        return "greeting";
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public Interceptor create(NoConfig config, InterceptorContext context) {
        ResourceView<GreetingKind.Greeting> greetings = context.plugin().resources(GreetingKind.class);
        return (user, on) -> on.producedRecords((batch, batchContext) -> batch.forEach(record -> {
            String all = greetings.list().stream()
                    .map(Resource::spec)
                    .map(GreetingKind.Greeting::text)
                    .sorted()
                    .collect(Collectors.joining(", "));
            record.addHeader(HEADER, (JarVersion.get() + ": " + all).getBytes(StandardCharsets.UTF_8));
        }));
    }
}
