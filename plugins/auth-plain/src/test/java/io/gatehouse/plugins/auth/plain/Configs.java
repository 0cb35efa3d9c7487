/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.util.Optional;
import java.util.Set;

/** Configurations as YAML without more keys would yield them. */
final class Configs {

    private Configs() {}

    static PlainConfig plain(int threads, int cost) {
        return of(Set.of(Mechanism.PLAIN), threads, cost);
    }

    static PlainConfig all(int threads, int cost) {
        return of(Set.of(Mechanism.values()), threads, cost);
    }

    private static PlainConfig of(Set<Mechanism> mechanisms, int threads, int cost) {
        return new PlainConfig(
                mechanisms,
                Optional.of(threads),
                cost,
                4096,
                Optional.of("the same on all gateways and listeners"),
                Optional.empty());
    }
}
