/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.Experimental;
import java.util.Set;

/** Authentication by one or several SASL mechanisms. See {@link Authenticator} for threading and replacement. */
public non-sealed interface SaslAuthenticator extends Authenticator {

    /** The SASL mechanisms that are offered to clients, by their IANA names, such as {@code PLAIN}. Never empty, never changing. */
    Set<String> mechanisms();

    /**
     * Starts an exchange. Called on the connection's event loop; must not block.
     *
     * @param mechanism one of {@link #mechanisms()}
     */
    SaslExchange begin(String mechanism, ConnectionInfo connection);

    /**
     * Whether an exchange that a client begins with this message is for this authenticator, asked where several entries of a listener offer
     * the mechanism, such as several issuers of tokens: the first one that says so gets the exchange, and its refusal is final. When none
     * says so, the first one that offers the mechanism gets it. What the message says is not proven yet, so it must not do more than to
     * choose. Called on the connection's event loop; must not block.
     *
     * @param mechanism one of {@link #mechanisms()}
     * @param message the client's first one; not to be changed
     */
    default boolean isFor(String mechanism, byte[] message) {
        return true;
    }

    /**
     * Whether the message with which the client was authenticated here is then sent to the broker too, under the same mechanism, so that the
     * connection has the client's own rights there. The client is authenticated when both say so, for as long as both say. For mechanisms
     * of one message, such as OAUTHBEARER.
     */
    @Experimental
    default boolean forwardsToBroker() {
        return false;
    }
}
