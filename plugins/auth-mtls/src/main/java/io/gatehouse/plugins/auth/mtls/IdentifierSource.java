/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.mtls;

/** What of a certificate is the identifier. */
public enum IdentifierSource {
    /** The subject DN, after the mapping rules. */
    SUBJECT(-1),
    /** The subject alternative name of type dNSName (RFC 5280, 4.2.1.6). */
    SAN_DNS(2),
    /** The subject alternative name of type uniformResourceIdentifier, such as a SPIFFE id. */
    SAN_URI(6);

    private final int generalName;

    IdentifierSource(int generalName) {
        this.generalName = generalName;
    }

    /** The type of GeneralName, as {@link java.security.cert.X509Certificate#getSubjectAlternativeNames} numbers it. */
    int generalName() {
        return generalName;
    }

    /** As operators write it: {@code san-dns}. */
    public static IdentifierSource parse(String text) {
        for (IdentifierSource source : values()) {
            if (source.toString().equals(text)) {
                return source;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" (expected: subject, san-dns or san-uri)");
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
