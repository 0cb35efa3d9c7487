/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import java.time.Instant;

/**
 * A token that was issued now. Nobody keeps it but whoever asked for it.
 *
 * @param token what the user logs in with; a secret
 * @param id what audit events and claims call it; no secret
 * @param expiry from when on it is refused
 */
@Experimental
public record IssuedToken(String username, String token, String id, Instant expiry) {

    /** Without the token: it is safe to log. */
    @Override
    public String toString() {
        return "IssuedToken{username=" + username + ", id=" + id + ", expiry=" + expiry + "}";
    }
}
