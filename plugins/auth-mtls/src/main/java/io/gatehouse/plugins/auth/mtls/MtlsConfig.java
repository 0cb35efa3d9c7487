/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.mtls;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.Optional;

/**
 * An entry {@code {type: mtls}}.
 *
 * @param identifier what of the certificate is taken
 * @param rules {@code ssl.principal.mapping.rules} as in a broker's config; only for {@link IdentifierSource#SUBJECT}
 * @param sanPrefix only subject alternative names that begin with it count, such as {@code spiffe://acme/}
 */
public record MtlsConfig(
        @Description(
                "subject: the subject DN after the rules; san-dns or san-uri: the subject alternative name of that type.")
        @Default("subject")
        IdentifierSource identifier,

        @Description("Kafka's ssl.principal.mapping.rules, pasted unchanged from a broker's config.")
        @Default("DEFAULT")
        String rules,

        @Description("With san-dns and san-uri: only names that begin with it count.")
        Optional<String> sanPrefix) {

    public MtlsConfig {
        boolean subject = identifier == IdentifierSource.SUBJECT;
        if (!subject && !rules.equals("DEFAULT")) {
            throw new IllegalArgumentException(
                    "rules: " + rules + " (expected: left out, as identifier is not subject)");
        }
        if (subject && sanPrefix.isPresent()) {
            throw new IllegalArgumentException(
                    "sanPrefix: " + sanPrefix.get() + " (expected: left out, as identifier is subject)");
        }
    }
}
