/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Decides about a request later. Called on the connection's event loop; must not block. Until the stage completes, on whatever thread,
 * nothing more is read from this client. The message may be kept until then and is not used by anyone else meanwhile.
 */
@FunctionalInterface
public interface AsyncRequestHandler<M extends ApiMessage> {

    /** @return never null; see {@link RequestHandler#handle} for what the decision means */
    CompletionStage<Decision> handle(M request, RequestContext context);
}
