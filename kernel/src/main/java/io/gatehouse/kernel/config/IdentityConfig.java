/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The {@code identity} block. Immutable. */
public record IdentityConfig(
        @Description("Whether users to whom nothing names a virtual cluster are refused, whatever the route says.")
        @Default("false")
        boolean mandatoryVirtualCluster,

        @Description("Where user mappings are looked up.") @Default("{}")
        UserMappingConfig userMapping,

        @Description("What turns an authentication into the principal; its identifier when left out.")
        Optional<PrincipalExtractorConfig> principalExtractor) {

    /** Where user mappings are looked up. Immutable. */
    public record UserMappingConfig(
            @Description("A user mapping store's name; resources is the embedded one.") @Default("resources")
            String store,

            @Description("The store's own keys.") @Default("{}")
            Map<String, Object> config) {}

    /** A principal extractor. Immutable. */
    public record PrincipalExtractorConfig(
            @Description("A principal extractor's name; by-entry is the embedded one.")
            String type,

            @Description("The extractor's own keys.") @Default("{}")
            Map<String, Object> config,

            @Description(
                    "How long a plugin's principals are kept, so that a remote one is not asked at every change; not at all when 0s.")
            @Default("0s")
            Duration cacheTime,

            @Description("How many are kept.") @Default("10000")
            int cacheSize) {

        public PrincipalExtractorConfig {
            if (cacheTime.isNegative()) {
                throw new IllegalArgumentException("cacheTime: " + cacheTime + " (expected: 0s or more)");
            }
            if (cacheSize < 1) {
                throw new IllegalArgumentException("cacheSize: " + cacheSize + " (expected: 1 or more)");
            }
        }
    }

    IdentityConfig mandatory() {
        return new IdentityConfig(true, userMapping, principalExtractor);
    }
}
