/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of {@code {type: plain}}.
 *
 * @param scramSaltSecret the same on all gateways and listeners, and after a restart, so that a stranger who asks twice cannot tell a name
 *     that is no account by its salts; required for SCRAM
 */
public record PlainConfig(
        @Default("[PLAIN]") @Description("The SASL mechanisms that are offered.")
        Set<Mechanism> mechanisms,

        @Description("Threads that check passwords; by default one per two processors.")
        Optional<Integer> threads,

        @Default("10") @Description("The bcrypt cost of passwords that are given in clear text.")
        int cost,

        @Default("8192") @Description("The SCRAM iterations of passwords that are given in clear text.")
        int scramIterations,

        @Secret
        @Description(
                "Random text from which salts of unknown users are made, on all gateways the same; required for SCRAM.")
        Optional<String> scramSaltSecret,

        @Description("Tokens that the gateway issues and takes as passwords; none when left out.")
        Optional<TokensConfig> tokens) {

    private static final int MIN_SECRET_LENGTH = 32;

    public PlainConfig {
        if (mechanisms.isEmpty()) {
            throw new IllegalArgumentException(
                    "mechanisms: empty (expected: at least one of PLAIN, SCRAM-SHA-256, " + "SCRAM-SHA-512)");
        }
        if (tokens.isPresent() && !mechanisms.contains(Mechanism.PLAIN)) {
            throw new IllegalArgumentException(
                    "tokens: without the mechanism PLAIN (expected: PLAIN among mechanisms, as tokens are its passwords)");
        }
        if (threads.isPresent() && threads.get() < 1) {
            throw new IllegalArgumentException("threads: " + threads.get() + " (expected: 1 or more)");
        }
        if (cost < PasswordHash.MIN_COST || cost > PasswordHash.MAX_COST) {
            throw new IllegalArgumentException(
                    "cost: " + cost + " (expected: " + PasswordHash.MIN_COST + "-" + PasswordHash.MAX_COST + ")");
        }
        if (scramIterations < ScramVerifier.MIN_ITERATIONS || scramIterations > ScramVerifier.MAX_ITERATIONS) {
            throw new IllegalArgumentException("scramIterations: " + scramIterations + " (expected: "
                    + ScramVerifier.MIN_ITERATIONS + "-" + ScramVerifier.MAX_ITERATIONS + ")");
        }
        if (scramSaltSecret.isEmpty() && !mechanisms.equals(Set.of(Mechanism.PLAIN))) {
            throw new IllegalArgumentException("scramSaltSecret: missing (expected: at least " + MIN_SECRET_LENGTH
                    + " random characters, the same on all gateways and listeners, as SCRAM is among mechanisms)");
        }
        if (scramSaltSecret.isPresent() && scramSaltSecret.get().length() < MIN_SECRET_LENGTH) {
            throw new IllegalArgumentException("scramSaltSecret: "
                    + scramSaltSecret.get().length() + " characters (expected: at least " + MIN_SECRET_LENGTH + ")");
        }
    }

    int threadsOrDefault() {
        return threads.orElse(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** Without secrets: it is safe to log. */
    @Override
    public String toString() {
        return "PlainConfig{mechanisms=" + mechanisms + ", threads=" + threads + ", cost=" + cost + ", scramIterations="
                + scramIterations + ", tokens=" + tokens + "}";
    }
}
