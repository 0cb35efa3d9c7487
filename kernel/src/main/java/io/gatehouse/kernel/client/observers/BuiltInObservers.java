/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client.observers;

import io.gatehouse.spi.authentication.SaslObserver;
import java.util.Set;

/** The observers of the kernel. Thread-safe. */
public final class BuiltInObservers {

    /** The mechanisms that they know. */
    public static final Set<String> MECHANISMS = Set.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER");

    private BuiltInObservers() {}

    /**
     * Begins to observe.
     *
     * @param mechanism one of {@link #MECHANISMS}
     * @param principalClaim the claim of tokens that names the principal
     */
    public static SaslObserver begin(String mechanism, String principalClaim) {
        return switch (mechanism) {
            case "PLAIN" -> new PlainObserver();
            case "SCRAM-SHA-256", "SCRAM-SHA-512" -> new ScramObserver();
            case "OAUTHBEARER" -> new BearerObserver(principalClaim);
            default -> throw new IllegalArgumentException(mechanism + " (expected: one of " + MECHANISMS + ")");
        };
    }
}
