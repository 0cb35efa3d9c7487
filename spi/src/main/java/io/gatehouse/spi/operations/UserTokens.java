/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * Issues tokens that users log in with, and revokes them. A capability: an {@link io.gatehouse.spi.authentication.Authenticator} that issues tokens implements
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

    /**
     * Refuses all tokens of a user that were issued until now, and ends the sessions that began with one.
     *
     * @param actor who asked for it, for the audit event, such as {@code User:alice}
     * @return completes with the moment from which on issued tokens are taken again, in at most a second; fails with
     *     {@link io.gatehouse.spi.resources.ResourceException} when it cannot be stored
     * @throws java.util.NoSuchElementException when there is no such user
     * @throws IllegalStateException when the user takes no tokens anyway
     */
    CompletionStage<Instant> revoke(String username, String actor);
}
