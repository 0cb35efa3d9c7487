/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import org.jspecify.annotations.Nullable;

/** No connection to a broker could be made. The message names the address and why. */
public final class BrokerUnreachableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public BrokerUnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
