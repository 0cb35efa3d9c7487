/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

/** What a SASL exchange answers to one message of the client. */
public sealed interface SaslStep {

    /**
     * The exchange goes on.
     *
     * @param token sent to the client
     */
    record Challenge(byte[] token) implements SaslStep {}

    /**
     * The exchange has ended.
     *
     * @param token sent to the client along with success; ignored otherwise
     */
    record Completed(byte[] token, AuthenticationResult result) implements SaslStep {}

    /** The exchange has ended with nothing more to tell the client than the result. */
    static SaslStep completed(AuthenticationResult result) {
        return new Completed(new byte[0], result);
    }
}
