/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Never decides about ListGroups. */
public final class HoldingInterceptorFactory implements InterceptorFactory<NoConfig> {

    @Override
    public String name() {
        return "holding";
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public Interceptor create(NoConfig config, InterceptorContext context) {
        return (user, on) -> on.requestAsync(
                ApiKeys.LIST_GROUPS,
                ListGroupsRequestData.class,
                AsyncOptions.within(Duration.ofMinutes(5)),
                (request, requestContext) -> new CompletableFuture<>());
    }
}
