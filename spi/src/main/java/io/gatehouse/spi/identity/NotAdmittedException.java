/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.identity;

import io.gatehouse.spi.Experimental;

/**
 * Completes a stage of a principal extractor or a user mapping store where it is certain that the client is nobody here, and trying again cannot
 * help: the client then gets an authentication error. Any other failure counts as one that may pass, and the client tries again.
 */
@Experimental
public final class NotAdmittedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param reason for the gateway's log and audit, never for the client; never a secret */
    public NotAdmittedException(String reason) {
        super(reason, null, false, false);
    }
}
