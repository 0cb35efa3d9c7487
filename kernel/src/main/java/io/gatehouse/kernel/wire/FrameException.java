/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

/** Bytes that are not what Kafka's protocol allows here. Ends the connection; carries no stack trace, since peers can cause it at will. */
public final class FrameException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message the value and the expectation */
    public FrameException(String message) {
        super(message, null, false, false);
    }
}
