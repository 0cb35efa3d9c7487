/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import org.apache.kafka.common.protocol.ApiMessage;

/** Decides about a response. Called on the connection's event loop; must not block, and must not keep the message. */
@FunctionalInterface
public interface ResponseHandler<M extends ApiMessage> {

    /**
     * Decides: {@link Decision#forward()}, {@link Decision#forward(ApiMessage)}, {@link Decision#refuse} (the client gets the error form
     * in place of this response) or {@link Decision#close}.
     *
     * @return never null; throwing closes the connection: the broker has acted, so the client must find out by asking again
     */
    Decision handle(M response, ResponseContext context);
}
