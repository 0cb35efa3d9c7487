/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.config.Description;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Which tokens an account takes.
 *
 * @param notBefore in ISO 8601; a text, so that it is stored as it was written
 */
public record AccountTokens(
        @Description("Tokens that were issued earlier are refused: now, such as 2026-11-23T08:00:00Z, revokes all.")
        String notBefore) {

    public AccountTokens {
        try {
            Instant.parse(notBefore);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "notBefore: \"" + notBefore + "\" (expected: a time such as 2026-11-23T08:00:00Z)");
        }
    }

    static AccountTokens since(Instant time) {
        return new AccountTokens(time.toString());
    }

    Instant time() {
        return Instant.parse(notBefore);
    }

    boolean takesOneOf(Instant issuedAt) {
        return !issuedAt.isBefore(time());
    }
}
