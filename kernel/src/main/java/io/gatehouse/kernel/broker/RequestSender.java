/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Sends requests of the gateway's own over one broker connection. Belongs to the connection's event loop. */
public interface RequestSender {

    /** @return completes on the event loop; exceptionally when the connection ends first */
    CompletableFuture<ApiMessage> send(ApiKeys api, int version, ApiMessage message);
}
