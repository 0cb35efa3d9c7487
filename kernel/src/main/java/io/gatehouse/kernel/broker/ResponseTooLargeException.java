/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

/** A broker's response to the gateway itself that is larger than what it is ready to read. */
final class ResponseTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ResponseTooLargeException(int size, int largest) {
        super("response size: " + size + " (expected: up to " + largest + ")", null, false, false);
    }
}
