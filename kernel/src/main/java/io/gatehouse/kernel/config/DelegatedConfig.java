/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;

/** The own keys of an entry {@code {type: delegated}}. Immutable. */
public record DelegatedConfig(
        @Description(
                "The SASL mechanisms that are offered, where brokers offer them too; all that are observed when left out.")
        @Default("[]")
        List<String> mechanisms,

        @Description(
                "The claim of a token that names the principal: what brokers have as sasl.oauthbearer.sub.claim.name.")
        @Default("sub")
        String principalClaim) {}
