/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import java.time.Duration;

/**
 * Issues tokens that users log in with. A capability: an {@link io.gatehouse.spi.authentication.Authenticator} that issues tokens implements
 * it, and the gateway offers it to operators.
 *
 * <p>Thread-safe. Methods may block for as long as a signature takes, so none of them is for event loops. Whoever calls them has checked
 * that the operator may do so.
 */
@Experimental
public interface UserTokens {

    /**
     * Issues a token that lets its user in until it expires, is revoked, or the user is.
     *
     * @param lifetime counted in whole seconds, from now on
     * @throws java.util.NoSuchElementException when there is no such user
     * @throws IllegalArgumentException when the lifetime is shorter than a second or longer than allowed
     * @throws IllegalStateException when the user may not log in, or not by a token
     */
    IssuedToken issue(String username, Duration lifetime);
}
