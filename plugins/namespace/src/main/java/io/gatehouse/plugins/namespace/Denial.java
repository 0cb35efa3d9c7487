/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import org.apache.kafka.common.protocol.Errors;

/** Why a name is not the client's to use. */
record Denial(Errors error, String reason) {

    /** Thrown out of the walk through a request, which is refused as a whole. */
    static final class RequestDenied extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Denial denial;

        RequestDenied(Denial denial) {
            super(denial.reason(), null, false, false);
            this.denial = denial;
        }

        Denial denial() {
            return denial;
        }
    }
}
