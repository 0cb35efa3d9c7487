/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.identity;

import io.gatehouse.spi.authentication.Authentication;
import java.util.concurrent.CompletionStage;

/**
 * Turns an authentication into the principal. Thread-safe; called on a connection's event loop, so it must not block. A stage that fails
 * or is not complete within the identity deadline (5 s) refuses the connection as one that may be retried.
 */
public interface PrincipalExtractor extends AutoCloseable {

    /** @return the principal, never empty and never {@link io.gatehouse.spi.User#ANONYMOUS} */
    CompletionStage<String> extract(Authentication authentication);

    /** Called when no connection uses it any more, on a kernel thread. */
    @Override
    default void close() {}
}
