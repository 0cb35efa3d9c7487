/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramCredentialUtils;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;

/**
 * What is stored of a password for SCRAM (RFC 5802), in the form of Kafka's own {@link ScramCredentialUtils}:
 *
 * <pre>
 * salt=MXFqNT...,stored_key=eLZ...=,server_key=gRk...=,iterations=8192
 * </pre>
 */
final class ScramVerifier {

    /** What RFC 7677 and Kafka ask for at least. */
    static final int MIN_ITERATIONS = 4096;

    /** Kafka's limit. */
    static final int MAX_ITERATIONS = 16_384;

    static final int DEFAULT_ITERATIONS = 8192;

    private ScramVerifier() {}

    /** Derives a verifier with a random salt. Takes that many rounds of HMAC: milliseconds. */
    static String derive(ScramMechanism mechanism, String password, int iterations) {
        try {
            ScramCredential derived = new ScramFormatter(mechanism).generateCredential(password, iterations);
            return ScramCredentialUtils.credentialToString(derived);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has the algorithms of " + mechanism, e);
        }
    }

    /** Derives a verifier with that salt. */
    static ScramCredential derive(ScramMechanism mechanism, String password, byte[] salt, int iterations) {
        try {
            ScramFormatter formatter = new ScramFormatter(mechanism);
            byte[] saltedPassword = formatter.saltedPassword(password, salt, iterations);
            return formatter.generateCredential(salt, saltedPassword, iterations);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JVM has the algorithms of " + mechanism, e);
        }
    }

    /** Whether a verifier is of that password. */
    static boolean matches(ScramMechanism mechanism, String password, String verifier) {
        ScramCredential known = parse(mechanism.mechanismName(), verifier);
        ScramCredential derived = derive(mechanism, password, known.salt(), known.iterations());
        return MessageDigest.isEqual(known.storedKey(), derived.storedKey());
    }

    /** @throws IllegalArgumentException when it is none that can be used; the message says what was expected and quotes nothing */
    static ScramCredential parse(String mechanismName, String text) {
        ScramMechanism mechanism = ScramMechanism.forMechanismName(mechanismName);
        if (mechanism == null) {
            throw new IllegalArgumentException(
                    "\"" + mechanismName + "\" (expected: one of " + ScramMechanism.mechanismNames() + ")");
        }
        ScramCredential credential;
        try {
            credential = ScramCredentialUtils.credentialFromString(text);
        } catch (RuntimeException e) {
            // Its message quotes the verifier.
            throw new IllegalArgumentException(
                    "no verifier (expected: salt=...,stored_key=...,server_key=...,iterations=..., all but the last in base64)");
        }
        int keyBytes = mechanism == ScramMechanism.SCRAM_SHA_256 ? 32 : 64;
        if (credential.salt().length == 0
                || credential.storedKey().length != keyBytes
                || credential.serverKey().length != keyBytes) {
            throw new IllegalArgumentException("a salt of " + credential.salt().length + ", a stored key of "
                    + credential.storedKey().length + " and a server key of " + credential.serverKey().length
                    + " bytes (expected: a salt, and keys of " + keyBytes + " bytes)");
        }
        if (credential.iterations() < MIN_ITERATIONS || credential.iterations() > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    credential.iterations() + " iterations (expected: " + MIN_ITERATIONS + "-" + MAX_ITERATIONS + ")");
        }
        return credential;
    }
}
