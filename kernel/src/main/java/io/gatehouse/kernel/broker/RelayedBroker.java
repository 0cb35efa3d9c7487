/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.kernel.broker.BrokerConnector.OpenConnection;
import io.netty.channel.Channel;
import org.apache.kafka.common.Node;

/**
 * A connection to a broker that does not know yet who is there: a client's SASL exchange is relayed over it, and then it is the client's.
 * Belongs to the event loop that it was opened on.
 */
public final class RelayedBroker implements AutoCloseable {

    private final Node node;
    private final OpenConnection opened;

    RelayedBroker(Node node, OpenConnection opened) {
        this.node = node;
        this.opened = opened;
    }

    public Node node() {
        return node;
    }

    /** For the SASL exchange. */
    public RequestSender requests() {
        return opened.requests();
    }

    OpenConnection opened() {
        return opened;
    }

    /** The connection without a handler, for the client's own requests; {@link #requests} must not be used any more. */
    public Channel handOver() {
        opened.channel().pipeline().remove(BrokerConnector.REQUESTS);
        return opened.channel();
    }

    @Override
    public void close() {
        opened.close();
    }
}
