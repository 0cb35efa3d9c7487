/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import io.gatehouse.spi.ProvidedByGateway;
import io.gatehouse.spi.resources.ResourceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A gateway as its operators see and change it. Thread-safe. Methods that return a stage do not block; the others may, so none of them is
 * for event loops.
 */
@Experimental
@ProvidedByGateway
public interface Operations {

    /** The version of the gateway. */
    String version();

    /** A folder for what belongs to this gateway alone, such as generated credentials; its owner's alone. */
    Path dataFolder();

    /** The resources of all kinds. */
    ResourceOperations resources();

    /** What became of each jar in the plugins folder. */
    List<PluginState> plugins();

    /** Looks at the plugins folder now; returns what became of each jar. */
    List<PluginState> rescanPlugins();

    /**
     * Reads the bootstrap file again and makes it count: all of it or nothing. Clients that no change concerns notice nothing.
     *
     * @return what has changed, each as a sentence that holds no secret; none when nothing has
     * @throws ResourceException with everything that is in the way, such as what cannot change while the gateway runs; nothing has changed
     *     then
     */
    List<String> reload(String actor);

    /** The clients that are connected, in the order in which they came. */
    CompletionStage<List<ConnectionState>> connections();

    /**
     * Closes a connection after what is in flight is answered.
     *
     * @return whether there was one
     */
    CompletionStage<Boolean> closeConnection(String id, String actor);

    /**
     * Closes all connections of a user after what is in flight is answered.
     *
     * @return how many there were
     */
    CompletionStage<Integer> closeConnectionsOf(String username, String actor);

    /** Why a client gets what it gets, or would: decided by the same code that decides for connections. */
    CompletionStage<Explanation> explain(ExplanationRequest request);

    /** Whether traffic should come. */
    HealthState health();

    /**
     * Writes an audit event for something that only the caller knows, such as a refused login. Changes write theirs by themselves.
     *
     * @param event a short name such as {@code admin.login}
     * @param fields values are texts, numbers and booleans; never secrets
     */
    void audit(String event, Map<String, ?> fields);

    /**
     * What authenticators offer of a capability for operators, by the name of their entry under {@code authentication}; see the types of
     * this package that say so.
     *
     * @param capability an interface of this package
     */
    <T> Map<String, T> capabilities(Class<T> capability);
}
