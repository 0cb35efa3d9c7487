/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Decides about a response later. Called on the connection's event loop; must not block. Until the stage completes, on whatever thread,
 * nothing more is read from this client's broker connection.
 */
@FunctionalInterface
public interface AsyncResponseHandler<M extends ApiMessage> {

    /** @return never null; see {@link ResponseHandler#handle} for what the decision means */
    CompletionStage<Decision> handle(M response, ResponseContext context);
}
