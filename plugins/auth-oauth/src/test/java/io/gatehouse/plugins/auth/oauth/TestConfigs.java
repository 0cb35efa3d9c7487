/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Configurations with everything at its default but what a test is about. */
final class TestConfigs {

    String jwksUrl;
    Duration jwksTimeout = Duration.ofSeconds(1);
    Duration jwksCache = Duration.ofMinutes(5);
    Duration jwksRefetchInterval = Duration.ofMillis(1);
    Duration jwksOutageTolerance = Duration.ofHours(1);
    Optional<String> issuer = Optional.of(Issuer.NAME);
    boolean anyIssuer;
    List<String> audiences = List.of("gateway");
    boolean anyAudience;
    List<String> algorithms = List.of("RS256");
    Duration clockSkew = Duration.ofSeconds(30);
    List<String> requiredScopes = List.of();
    String principalClaim = "sub";
    Optional<String> fallbackPrincipalClaim = Optional.empty();
    String fallbackPrincipalPrefix = "";
    Optional<String> groupsClaim = Optional.empty();
    List<String> virtualClusters = List.of();
    Map<String, String> requiredClaims = Map.of();
    Mediation mediation = Mediation.TERMINATE;

    private TestConfigs(String jwksUrl) {
        this.jwksUrl = jwksUrl;
    }

    static OAuthConfig config(String jwksUrl, Consumer<TestConfigs> change) {
        TestConfigs values = new TestConfigs(jwksUrl);
        change.accept(values);
        return new OAuthConfig(
                values.jwksUrl,
                values.jwksTimeout,
                values.jwksCache,
                values.jwksRefetchInterval,
                values.jwksOutageTolerance,
                values.issuer,
                values.anyIssuer,
                values.audiences,
                values.anyAudience,
                values.algorithms,
                values.clockSkew,
                values.requiredScopes,
                "scope",
                values.principalClaim,
                values.fallbackPrincipalClaim,
                values.fallbackPrincipalPrefix,
                values.groupsClaim,
                ",",
                values.virtualClusters,
                values.requiredClaims,
                values.mediation);
    }
}
