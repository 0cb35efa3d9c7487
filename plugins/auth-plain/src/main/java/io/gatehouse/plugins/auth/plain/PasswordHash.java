/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategy;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Passwords as bcrypt hashes, which take 2^cost rounds to make or to check.
 *
 * <p>bcrypt sees no more than 71 bytes. A longer password is hashed with SHA-512 first, so that all of it counts; it is never cut. A bcrypt
 * hash of such a long password that was made by a tool that cuts therefore does not match.
 */
final class PasswordHash {

    static final int MIN_COST = 4;
    static final int MAX_COST = 16;
    static final int DEFAULT_COST = 10;

    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2B;
    private static final LongPasswordStrategy LONG_PASSWORDS = LongPasswordStrategies.hashSha512(VERSION);
    private static final Pattern BEGINNING = Pattern.compile("\\$2[a-z]?\\$.*", Pattern.DOTALL);
    private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$(?:0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53}");

    private PasswordHash() {}

    static boolean looksLikeOne(String password) {
        return BEGINNING.matcher(password).matches();
    }

    static boolean isOne(String password) {
        return FORM.matcher(password).matches();
    }

    /** @param hash of the form that {@link #isOne} accepts */
    static int cost(String hash) {
        return Integer.parseInt(hash.substring(4, 6));
    }

    /** Hashes with a random salt. Takes 2^cost rounds. */
    static String of(String password, int cost) {
        return of(password.getBytes(StandardCharsets.UTF_8), cost);
    }

    /** Hashes a password in UTF-8. */
    static String of(byte[] password, int cost) {
        byte[] hash = BCrypt.with(VERSION, LONG_PASSWORDS).hash(cost, password);
        return new String(hash, StandardCharsets.US_ASCII);
    }

    /**
     * Takes 2^cost rounds, whatever the outcome.
     *
     * @param hash of the form that {@link #isOne} accepts
     */
    static boolean matches(byte[] password, String hash) {
        return BCrypt.verifyer(null, LONG_PASSWORDS)
                .verify(password, hash.getBytes(StandardCharsets.US_ASCII))
                .verified;
    }
}
