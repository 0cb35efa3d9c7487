/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslObserver;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The kernel's {@code delegated}: the broker authenticates the client, and the gateway watches. Thread-safe.
 */
public final class DelegatedAuthenticator implements SaslAuthenticator {

    private final Set<String> mechanisms;
    private final BiFunction<String, ConnectionInfo, SaslObserver> observers;

    /**
     * @param mechanisms those that somebody observes, and that are wanted
     * @param observers begins to observe one of them, on an event loop; throws when it cannot
     */
    public DelegatedAuthenticator(Set<String> mechanisms, BiFunction<String, ConnectionInfo, SaslObserver> observers) {
        this.mechanisms = Set.copyOf(mechanisms);
        this.observers = observers;
    }

    @Override
    public Set<String> mechanisms() {
        return mechanisms;
    }

    @Override
    public SaslExchange begin(String mechanism, ConnectionInfo connection) {
        throw new UnsupportedOperationException("an exchange of delegated authentication needs a broker");
    }

    /** Its exchanges begin with the handshake, which is the broker's to answer: by a message that comes later none can. */
    @Override
    public boolean isFor(String mechanism, byte[] message) {
        return false;
    }

    RelayedExchange begin(String mechanism, ConnectionInfo connection, BrokerLogin broker) {
        return new RelayedExchange(mechanism, observers.apply(mechanism, connection), broker);
    }
}
