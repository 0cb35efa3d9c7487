/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.spi.interception.TrafficListener;
import org.apache.kafka.common.protocol.ApiKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls traffic listeners; what they throw changes nothing. */
final class Traffic {

    private static final Logger log = LoggerFactory.getLogger(Traffic.class);

    private Traffic() {}

    static void request(TrafficListener listener, ApiKeys api, short version, long bytes) {
        try {
            listener.request(api, version, bytes);
        } catch (RuntimeException | LinkageError e) {
            log.warn("traffic listener {} failed", listener.getClass().getName(), e);
        }
    }

    static void response(TrafficListener listener, ApiKeys api, short version, long bytes, long nanos) {
        try {
            listener.response(api, version, bytes, nanos);
        } catch (RuntimeException | LinkageError e) {
            log.warn("traffic listener {} failed", listener.getClass().getName(), e);
        }
    }
}
