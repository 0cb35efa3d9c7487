/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.Subscriptions;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Has every request and response of every API decoded and encoded anew: it forwards copies. */
public final class RewritingInterceptorFactory implements InterceptorFactory<NoConfig> {

    @Override
    public String name() {
        return "rewriting";
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public Interceptor create(NoConfig config, InterceptorContext context) {
        return (user, on) -> {
            for (ApiKeys api : ApiKeys.clientApis()) {
                if (api != ApiKeys.API_VERSIONS && api != ApiKeys.SASL_HANDSHAKE && api != ApiKeys.SASL_AUTHENTICATE) {
                    subscribe(
                            api,
                            api.messageType.newRequest().getClass(),
                            api.messageType.newResponse().getClass(),
                            on);
                }
            }
        };
    }

    private static void subscribe(
            ApiKeys api, Class<? extends ApiMessage> request, Class<? extends ApiMessage> response, Subscriptions on) {
        on.request(api, request, (message, context) -> Decision.forward((ApiMessage) message.duplicate()));
        on.response(api, response, (message, context) -> Decision.forward((ApiMessage) message.duplicate()));
    }
}
