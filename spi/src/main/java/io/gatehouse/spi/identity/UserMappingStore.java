/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.identity;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where user mappings are looked up. A gateway has one. Thread-safe.
 *
 * <p>"No mapping" and "cannot say" are different things: an absence is a completed stage with an empty value; a store that cannot be
 * asked, cannot prove that it is the store, or holds a value that does not parse completes exceptionally, and the connection is refused.
 * Falling back to {@code passthrough} would be privilege escalation.
 */
public interface UserMappingStore extends AutoCloseable {

    /**
     * The mapping for a principal. Called on a connection's event loop, so it must not block. A stage that is not complete within the
     * identity deadline (5 s) refuses the connection as one that may be retried.
     *
     * @param authentication the {@code name} of the authentication entry; a mapping may be for one entry only
     * @param principal exact; an exact principal wins over rules
     */
    CompletionStage<Optional<UserMapping>> find(String authentication, String principal);

    /** Called when no look-up uses it any more, on a kernel thread. */
    @Override
    default void close() {}
}
