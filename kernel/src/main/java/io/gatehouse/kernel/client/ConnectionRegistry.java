/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All open client connections. Thread-safe. */
public final class ConnectionRegistry {

    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();

    void add(ClientConnection connection) {
        open.add(connection);
    }

    void remove(ClientConnection connection) {
        open.remove(connection);
    }

    /** How many there are. */
    public int size() {
        return open.size();
    }

    /** Lets every connection finish the requests that are in flight, without taking new ones, and close. */
    public void drain() {
        connections().forEach(ClientConnection::drain);
    }

    /** Connections that no request comes from use the interceptors of now too, so that none keeps a replaced plugin alive. */
    public void letRetiredGo() {
        connections().forEach(ClientConnection::letRetiredGo);
    }

    /** Closes the connections that use, or wait for, anything of that generation of a plugin. */
    public void closeHolding(Object generation, String reason) {
        connections().forEach(connection -> connection.closeIfHolding(generation, reason));
    }

    /** Closes what is left. */
    public void closeAll() {
        connections().forEach(connection -> connection.closeFromOutside("the gateway stops"));
    }

    private Collection<ClientConnection> connections() {
        return Set.copyOf(open);
    }
}
