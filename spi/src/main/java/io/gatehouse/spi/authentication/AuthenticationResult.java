/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

/** How an authentication ended. What is not {@link Authenticated} denies. */
public sealed interface AuthenticationResult {

    /** The client is who it says. */
    record Authenticated(Authentication authentication) implements AuthenticationResult {}

    /**
     * A refusal that repeating cannot cure: the client gets SASL_AUTHENTICATION_FAILED, which is fatal to a Kafka application.
     *
     * @param message for the client: helps the owner and tells an attacker nothing
     * @param reason for the gateway's log and audit; never a secret
     */
    record Rejected(String message, String reason) implements AuthenticationResult {}

    /**
     * A refusal that may pass, such as an identity provider that is away: the connection is closed without an answer, which Kafka clients
     * retry.
     *
     * @param reason for the gateway's log and audit; never a secret
     */
    record Unavailable(String reason) implements AuthenticationResult {}
}
