/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.Experimental;
import io.gatehouse.spi.User;
import java.util.Optional;

/**
 * One configured policy: it serves one {@code Interceptor} resource in one plugin generation, for all connections in its scope, and is
 * therefore thread-safe.
 *
 * <p>{@link #subscribe} runs on the connection's event loop and must not block: when its user is resolved, and again when the user
 * changes (re-authentication, mapping), when the resource or the plugin's generation changes, and when
 * {@link InterceptorContext#resubscribe} is called. The handlers of one call serve that connection only, on that loop: what they capture
 * is the state of the connection. New ones count from the next frame; requests in flight keep theirs.
 *
 * <p>Connected clients stay connected when the plugin is replaced. When it leaves, connections in the scope are refused from their next
 * request on until it is back.
 */
public interface Interceptor extends AutoCloseable {

    /**
     * Declares what this interceptor handles for one user. What nobody handles is never decoded, so subscribing to nothing is the way to
     * say that a user is free. An exception closes the connection.
     *
     * <p>ApiVersions is asked before authentication, when the user is not known yet. An interceptor whose scope holds for everybody who
     * comes by the route is then asked for its {@link Subscriptions#limit limits} only, with a user whose username is
     * {@link User#ANONYMOUS}; nothing else of that subscription is used.
     */
    void subscribe(User user, Subscriptions on);

    /**
     * What it would say to a request, for operators who ask why: in a sentence such as
     * {@code DENIED: WRITE on TOPIC orders: no rule allows it}. Called by any thread but an event loop; nothing is decided by it. What it
     * says must be what befalls such a request.
     *
     * @return empty when it has no opinion on that
     */
    @Experimental
    default Optional<String> explain(User user, Question question) {
        return Optional.empty();
    }

    /** Called when no connection and no request in flight uses it any more, on a kernel thread. */
    @Override
    default void close() {}
}
