/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import java.util.concurrent.CompletionStage;

/**
 * One SASL exchange of one connection.
 *
 * <p>Threading: {@link #evaluate} is called on the connection's event loop and must not block: work that takes longer than microseconds
 * goes to {@link io.gatehouse.spi.PluginContext#executor}. The next call comes only after the stage of the last one has completed, which
 * may happen on any thread. A stage that fails, or is not complete after 10 s, refuses the connection as one that may be retried.
 */
public interface SaslExchange extends AutoCloseable {

    /** @param token the client's message, as it stood in SaslAuthenticate */
    CompletionStage<SaslStep> evaluate(byte[] token);

    /** The exchange is over or the client has gone. Called once, on the event loop. */
    @Override
    default void close() {}
}
