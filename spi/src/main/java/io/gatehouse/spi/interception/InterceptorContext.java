/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.ProvidedByGateway;
import io.gatehouse.spi.User;
import java.util.function.Predicate;

/** What the kernel gives to one interceptor. Thread-safe. */
@ProvidedByGateway
public interface InterceptorContext {

    /** {@code metadata.name} of the {@code Interceptor} resource. */
    String name();

    /** What the plugin's generation shares. */
    PluginContext plugin();

    /**
     * Has {@link Interceptor#subscribe} called again, before their next request is forwarded, for the connections of matching users that
     * are in scope. For what changes who must be looked at: an ACL was removed, so a user who had subscribed to nothing must be asked
     * again.
     *
     * @param users called on event loops, possibly several at once
     */
    void resubscribe(Predicate<User> users);
}
