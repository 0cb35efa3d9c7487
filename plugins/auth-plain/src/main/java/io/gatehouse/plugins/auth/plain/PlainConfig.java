/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.Optional;

/**
 * The configuration of {@code {type: plain}}.
 *
 * @param cost also that of the hash which an unknown user's password is checked against: accounts whose hashes have another cost can be
 *     told from unknown ones by the time that a refusal takes
 */
public record PlainConfig(
        @Description("Threads that check passwords; by default one per two processors.")
        Optional<Integer> threads,

        @Default("10") @Description("The bcrypt cost of passwords that are given in clear text.")
        int cost) {

    public PlainConfig {
        if (threads.isPresent() && threads.get() < 1) {
            throw new IllegalArgumentException("threads: " + threads.get() + " (expected: 1 or more)");
        }
        if (cost < PasswordHash.MIN_COST || cost > PasswordHash.MAX_COST) {
            throw new IllegalArgumentException(
                    "cost: " + cost + " (expected: " + PasswordHash.MIN_COST + "-" + PasswordHash.MAX_COST + ")");
        }
    }

    int threadsOrDefault() {
        return threads.orElse(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }
}
