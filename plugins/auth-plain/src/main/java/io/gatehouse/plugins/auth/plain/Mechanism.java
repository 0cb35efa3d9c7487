/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

/** The SASL mechanisms that accounts can be used with. */
public enum Mechanism {
    PLAIN,
    SCRAM_SHA_256,
    SCRAM_SHA_512;

    /** The IANA name, such as {@code SCRAM-SHA-256}. */
    String saslName() {
        return name().replace('_', '-');
    }
}
