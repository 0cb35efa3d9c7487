/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Salts that follow from a name by a keyed hash: a name that nobody has gets the same salt whenever it is tried, and so does a password
 * in clear text, which has no stored one. A stranger who does not know the key cannot tell one from a random one. Thread-safe.
 */
final class Salts {

    private static final String ALGORITHM = "HmacSHA256";

    /** As long as Kafka's own salts, and of the same characters. */
    private static final int SALT_BITS = 130;

    private static final int SALT_BASE = 36;
    private static final int PLACE_BITS = 53;

    private final SecretKeySpec key;

    /** @param secret what the key is made of; empty for a random one */
    Salts(Optional<String> secret) {
        key = new SecretKeySpec(secret.map(Salts::bytes).orElseGet(Salts::random), ALGORITHM);
    }

    byte[] salt(String mechanism, String name) {
        BigInteger number = new BigInteger(1, digest("salt " + mechanism + " " + name));
        return bytes(number.mod(BigInteger.ONE.shiftLeft(SALT_BITS)).toString(SALT_BASE));
    }

    /** A number from 0 on and below 1 that is always the same for a name. */
    double place(String mechanism, String name) {
        BigInteger number = new BigInteger(1, digest("place " + mechanism + " " + name));
        return number.mod(BigInteger.ONE.shiftLeft(PLACE_BITS)).longValue() * 0x1p-53;
    }

    private byte[] digest(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(bytes(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return random;
    }
}
