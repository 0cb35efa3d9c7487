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
     * Decides: {@link Decision#forward()}, {@link Decision#forward(ApiMessage)} or {@link Decision#close}. The broker has acted, so there
     * is nothing left to refuse; an error for the client is written into the message.
     *
     * @return never null; throwing, and deciding anything else, closes the connection: the client must find out by asking again
     */
    Decision handle(M response, ResponseContext context);
}
