/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import java.time.Duration;
import java.util.Optional;

/**
 * How long an asynchronous decision may take, and what happens then.
 *
 * @param deadline more than zero
 * @param fallback used when the deadline has passed or the stage has failed; empty (the default) refuses a request with
 *     REQUEST_TIMED_OUT or UNKNOWN_SERVER_ERROR and closes the connection for a response
 */
public record AsyncOptions(Duration deadline, Optional<Decision> fallback) {

    public AsyncOptions {
        if (deadline.isZero() || deadline.isNegative()) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: more than zero)");
        }
    }

    /** Refuses when late. */
    public static AsyncOptions within(Duration deadline) {
        return new AsyncOptions(deadline, Optional.empty());
    }

    /** The same with another outcome when late. */
    public AsyncOptions orElse(Decision decision) {
        return new AsyncOptions(deadline, Optional.of(decision));
    }
}
