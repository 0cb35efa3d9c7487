/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import io.gatehouse.spi.User;
import java.util.Optional;

/** What became of an authentication. Immutable. */
public sealed interface Resolution {

    /** The connection runs as this user. */
    record Resolved(User user) implements Resolution {}

    /**
     * The connection is refused.
     *
     * @param message for the client: helps the owner and tells an attacker nothing
     * @param reason for the gateway's log and audit; never a secret
     * @param mayPass whether trying again may help, so that the client is to get no fatal error
     * @param principal who is refused, where that is known already
     */
    record Refused(String message, String reason, boolean mayPass, Optional<String> principal) implements Resolution {}
}
