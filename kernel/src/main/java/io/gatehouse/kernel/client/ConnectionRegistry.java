/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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

    /** What there is to see of each, in the order in which they came. */
    public CompletableFuture<List<OpenConnection>> describe() {
        List<CompletableFuture<@Nullable OpenConnection>> asked =
                connections().stream().map(ClientConnection::describe).toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> asked.stream()
                        .map(CompletableFuture::join)
                        .filter(Objects::nonNull)
                        .sorted(Comparator.comparingLong(connection -> Long.parseLong(connection.id())))
                        .toList());
    }

    /**
     * Closes a connection after what is in flight is answered.
     *
     * @return whether there is one
     */
    public boolean close(String id, String reason) {
        for (ClientConnection connection : connections()) {
            if (connection.id().equals(id)) {
                connection.closeByOperator(reason);
                return true;
            }
        }
        return false;
    }

    /** Closes the connections that a listener has accepted, after what is in flight is answered. */
    void closeOf(ClientListener listener, String reason) {
        connections().stream()
                .filter(connection -> connection.clientListener() == listener)
                .forEach(connection -> connection.closeByReload(reason));
    }

    /** Closes what is left. */
    public void closeAll() {
        connections().forEach(connection -> connection.closeFromOutside("the gateway stops"));
    }

    private Collection<ClientConnection> connections() {
        return Set.copyOf(open);
    }
}
