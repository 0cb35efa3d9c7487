/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import org.apache.kafka.common.protocol.Errors;

/** Records that a handler asked for cannot be shown: not its fault, so it is not counted as one. */
final class UnreadableRecordsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Errors error;

    /** @param error what a producer is told */
    UnreadableRecordsException(Errors error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    Errors error() {
        return error;
    }
}
