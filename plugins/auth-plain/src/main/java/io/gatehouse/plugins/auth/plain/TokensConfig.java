/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The configuration of tokens that this gateway issues, and takes as passwords. */
public record TokensConfig(
        @Description("The iss of tokens: a name of this gateway, or of all that share its keys.")
        String issuer,

        @Description("The aud of tokens; the issuer when left out.")
        Optional<String> audience,

        @Description("The keys: the first one signs, all of them verify.")
        List<Key> keys,

        @Default("90d") @Description("The longest lifetime that a token may have.")
        Duration maxLifetime) {

    public TokensConfig {
        if (issuer.isBlank()) {
            throw new IllegalArgumentException("issuer: empty (expected: a name of this gateway)");
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "keys: empty (expected: at least one; there is no default, since whoever knows it can be everybody)");
        }
        Set<String> ids = new HashSet<>();
        for (Key key : keys) {
            if (!ids.add(key.id())) {
                throw new IllegalArgumentException("keys: two with the id " + key.id() + " (expected: an id for each)");
            }
        }
        if (maxLifetime.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("maxLifetime: " + maxLifetime + " (expected: 1s or more)");
        }
    }

    String audienceOrDefault() {
        return audience.orElse(issuer);
    }

    /** A key for HMAC-SHA-256, the one algorithm of these tokens: who verifies them issues them too. */
    public record Key(
            @Description("The kid of tokens that it signs.") String id,

            @Secret @Description("At least 32 random bytes in base64, as `openssl rand -base64 32` prints them.")
            String secret) {

        private static final int MIN_BYTES = 32;

        public Key {
            if (id.isBlank()) {
                throw new IllegalArgumentException("id: empty (expected: a name such as 2026-11)");
            }
            int bytes;
            try {
                bytes = Base64.getDecoder().decode(secret).length;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("secret: no base64 (expected: at least 32 bytes in base64)");
            }
            if (bytes < MIN_BYTES) {
                throw new IllegalArgumentException("secret: " + bytes * Byte.SIZE + " bits (expected: at least "
                        + MIN_BYTES * Byte.SIZE + ", in base64)");
            }
        }

        byte[] bytes() {
            return Base64.getDecoder().decode(secret);
        }

        /** Without the secret: it is safe to log. */
        @Override
        public String toString() {
            return "Key{id=" + id + "}";
        }
    }
}
