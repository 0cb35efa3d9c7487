/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ProvidedByGateway;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/** The context of a request that is being decided. */
@ProvidedByGateway
public interface RequestContext extends InterceptionContext {

    /**
     * Sends a request of the interceptor's own to the broker of this connection, between two frames of the client. It travels the rest
     * of the chain towards the broker, so that names are as this interceptor's position in the chain sees them, and its response never
     * reaches the client. Meant for asynchronous handlers; call it on the event loop, before the decision completes.
     *
     * @param message a request; its version is the highest that gateway and broker share
     * @return completes on the event loop with the response; exceptionally when the broker does not offer the API, when the connection
     *     closes, or after 10 s
     */
    CompletionStage<ApiMessage> send(ApiMessage message);
}
