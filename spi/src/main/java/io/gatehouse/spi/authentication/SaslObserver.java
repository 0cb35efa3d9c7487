/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import io.gatehouse.spi.Experimental;
import java.util.Optional;

/**
 * Watches one SASL exchange between a client and a broker, which the gateway relays ({@code delegated} authentication), and learns who the
 * client is. It decides nothing: the client is authenticated when the broker says so.
 *
 * <p>Threading: called on the connection's event loop, one call at a time; must not block. What it throws refuses the client.
 */
@Experimental
public interface SaslObserver extends AutoCloseable {

    /**
     * The client's next message, before it goes to the broker. It must be read as the broker reads it: whoever can make the two see
     * different names is somebody else here than there.
     *
     * @throws IllegalArgumentException to refuse the client before the broker sees the message; the text is for the gateway's log and holds
     *     no secret
     */
    void clientMessage(byte[] message);

    /**
     * What the broker answered to the last message, without an error.
     *
     * @return what principal extraction starts from, once the exchange has ended and the broker has accepted the client; empty while it
     *     goes on
     * @throws IllegalArgumentException to refuse the client all the same
     */
    Optional<String> brokerMessage(byte[] message);

    /** The exchange is over or the client has gone. Called once. */
    @Override
    default void close() {}
}
