/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code identity.principalExtractor.config} of the embedded extractor {@code by-entry}. Immutable. */
public record ByEntryConfig(
        @Description("How principals are made, one for each authentication entry.")
        List<Extraction> entries) {

    /** How principals of one authentication entry are made: the claim or identifier, then the rules, then the prefix. */
    public record Extraction(
            @Description("The authentication entry's name; all entries that no other names when left out.")
            Optional<String> authentication,

            @Description(
                    "The claim to begin with, as a flat name or a path such as user.id; the identifier when left out.")
            Optional<String> claim,

            @Description(
                    "Rules in the form of ssl.principal.mapping.rules, of which one must match; the text as it is when left out.")
            @Default("[]")
            List<String> rules,

            @Description("Put before what the rules yield.") @Default("")
            String prefix) {

        public Extraction {
            try {
                PrincipalRules.of(rules);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("rules: " + e.getMessage(), e);
            }
        }
    }

    public ByEntryConfig {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("entries: empty (expected: at least one)");
        }
        Set<Optional<String>> seen = new HashSet<>();
        for (Extraction entry : entries) {
            if (!seen.add(entry.authentication())) {
                throw new IllegalArgumentException("entries: two "
                        + entry.authentication().map(name -> "for " + name).orElse("without authentication")
                        + " (expected: one for each authentication entry)");
            }
        }
    }
}
