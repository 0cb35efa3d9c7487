/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.ProvidedByGateway;
import io.gatehouse.spi.User;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** One request or response and where it stands. Belongs to the connection's event loop; not thread-safe unless said otherwise. */
@ProvidedByGateway
public interface InterceptionContext {

    /** The user of the connection when the request came. */
    User user();

    /** The connection. */
    ConnectionInfo connection();

    /** The API. */
    ApiKeys apiKey();

    /** The version of the request, and of its response. */
    short apiVersion();

    /** The client id of the request; null when the client sent none. */
    @Nullable
    String clientId();

    /**
     * Names of topic ids of the cluster behind the connection, as they are at this interceptor's place in the chain; thread-safe. Its stages
     * complete on the event loop.
     */
    TopicNames topics();

    /** Groups of the cluster behind the connection; thread-safe. Its stages complete on the event loop. */
    ClusterGroups groups();

    /** Keeps an object with this request for this interceptor: its response handlers see it. Replaces an earlier one. */
    void attach(@Nullable Object attachment);

    /** What {@link #attach} kept; null when nothing. */
    @Nullable
    Object attachment();
}
