/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.wire.Codec;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.interception.ClusterGroups;
import io.gatehouse.spi.interception.TopicNames;
import io.netty.util.concurrent.EventExecutor;
import org.apache.kafka.common.protocol.ApiKeys;

/** What a chain needs of the connection that it runs on. Everything happens on the connection's event loop. */
public interface ChainHost {

    EventExecutor executor();

    ConnectionInfo connection();

    TopicNames topics();

    /** Completes on any thread. */
    ClusterGroups groups();

    Codec codec();

    /** The highest version of an API that gateway and broker share; -1 when there is none. */
    short brokerVersion(ApiKeys api);

    /**
     * Sends an interceptor's own request to the broker, between two frames of the client, and later gives the exchange its response by
     * {@link Exchange#response}, or fails it.
     */
    void sendOwn(Exchange exchange);
}
