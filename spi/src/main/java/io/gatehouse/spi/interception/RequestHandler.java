/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import org.apache.kafka.common.protocol.ApiMessage;

/** Decides about a request. Called on the connection's event loop; must not block, and must not keep the message. */
@FunctionalInterface
public interface RequestHandler<M extends ApiMessage> {

    /**
     * Decides. To change the request, change the given message and return {@link Decision#forward(ApiMessage)} with it, or with another
     * of its class. A message that was changed but answered with plain {@link Decision#forward()} has no defined content.
     *
     * @return never null; throwing refuses the request with UNKNOWN_SERVER_ERROR
     */
    Decision handle(M request, RequestContext context);
}
