/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import org.apache.kafka.common.protocol.ApiKeys;

/** Watches traffic without its content. Called on the connection's event loop; must not block. An exception is counted and ignored. */
public interface TrafficListener {

    /**
     * A request has passed.
     *
     * @param sizeBytes of the frame, with its 4 bytes of size
     */
    void request(ApiKeys api, short version, long sizeBytes);

    /**
     * The response to a request has passed, whoever made it.
     *
     * @param sizeBytes of the frame, with its 4 bytes of size
     * @param durationNanos from the request's head to the response's last byte
     */
    void response(ApiKeys api, short version, long sizeBytes, long durationNanos);
}
