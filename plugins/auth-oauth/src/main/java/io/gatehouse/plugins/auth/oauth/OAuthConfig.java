/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import com.nimbusds.jose.JWSAlgorithm;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An entry {@code {type: oauth, jwksUrl: ..., issuer: ..., audiences: [...]}}: one issuer; several stand side by side as entries. */
public record OAuthConfig(
        @Description("Where the issuer's keys are: http, https or file.")
        String jwksUrl,

        @Description("How long fetching the keys may take.") @Default("10s")
        Duration jwksTimeout,

        @Description("How long fetched keys are used before they are fetched again; refreshed ahead in the background.")
        @Default("5m")
        Duration jwksCache,

        @Description("At least so long between two fetches for an unknown key id.") @Default("10s")
        Duration jwksRefetchInterval,

        @Description("How long known keys are used while the issuer cannot be asked.") @Default("1h")
        Duration jwksOutageTolerance,

        @Description("The iss that a token must have. Required unless anyIssuer says otherwise.")
        Optional<String> issuer,

        @Description("Accepts every issuer whose key is in the JWKS.") @Default("false")
        boolean anyIssuer,

        @Description("A token must be for one of them (aud). Required unless anyAudience says otherwise.")
        @Default("[]")
        List<String> audiences,

        @Description("Accepts tokens that are meant for somebody else: any of the issuer's clients can log in.")
        @Default("false")
        boolean anyAudience,

        @Description("Signature algorithms that are accepted; symmetric ones and none never are.")
        @Default("[RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512]")
        List<String> algorithms,

        @Description("How far clocks may differ.") @Default("30s")
        Duration clockSkew,

        @Description("Scopes that a token must have, all of them.") @Default("[]")
        List<String> requiredScopes,

        @Description("The claim with the scopes: a text parted by spaces, or a list.") @Default("scope")
        String scopeClaim,

        @Description("The claim with the principal.") @Default("sub")
        String principalClaim,

        @Description("The claim with the principal of tokens that lack principalClaim.")
        Optional<String> fallbackPrincipalClaim,

        @Description("Put before a principal from fallbackPrincipalClaim.") @Default("")
        String fallbackPrincipalPrefix,

        @Description(
                "The claim with the groups, as a path such as realm_access.roles; groups are not taken when left out.")
        Optional<String> groupsClaim,

        @Description("Parts groups where the claim is a text.") @Default(",")
        String groupsDelimiter,

        @Description("Virtual clusters that the gateway.vcluster claim may choose; [\"*\"] for all.") @Default("[]")
        List<String> virtualClusters,

        @Description("Claims, as paths, that must have a value: exactly it, or in a list among others.") @Default("{}")
        Map<String, String> requiredClaims,

        @Description(
                "terminate: brokers know the gateway only; validate_forward: a token that is valid here then authenticates the client at its broker.")
        @Default("terminate")
        Mediation mediation) {

    private static final List<String> SCHEMES = List.of("http", "https", "file");

    public OAuthConfig {
        requireUrl(jwksUrl);
        if (issuer.isPresent() == anyIssuer) {
            throw new IllegalArgumentException("issuer: " + issuer.orElse("missing")
                    + (anyIssuer ? " together with anyIssuer: true" : "")
                    + " (expected: the iss of this issuer's tokens, or anyIssuer: true)");
        }
        if (audiences.isEmpty() != anyAudience) {
            throw new IllegalArgumentException(
                    "audiences: " + (audiences.isEmpty() ? "missing" : audiences + " together with anyAudience: true")
                            + " (expected: what tokens for this gateway have as aud, or anyAudience: true)");
        }
        if (algorithms.isEmpty()) {
            throw new IllegalArgumentException("algorithms: empty (expected: at least one such as RS256)");
        }
        for (String algorithm : algorithms) {
            if (!JWSAlgorithm.Family.SIGNATURE.contains(JWSAlgorithm.parse(algorithm))) {
                throw new IllegalArgumentException("algorithms: " + algorithm + " (expected: asymmetric ones, such as "
                        + JWSAlgorithm.Family.SIGNATURE + ")");
            }
        }
        requirePositive("jwksTimeout", jwksTimeout);
        requirePositive("jwksCache", jwksCache);
        requirePositive("jwksRefetchInterval", jwksRefetchInterval);
        if (jwksRefetchInterval.compareTo(jwksCache) >= 0) {
            throw new IllegalArgumentException("jwksRefetchInterval: " + jwksRefetchInterval.toMillis()
                    + " ms (expected: less than jwksCache, which is " + jwksCache.toMillis() + " ms)");
        }
    }

    private static void requireUrl(String text) {
        String scheme = URI.create(text).getScheme();
        if (scheme == null || !SCHEMES.contains(scheme)) {
            throw new IllegalArgumentException("jwksUrl: \"" + text + "\" (expected: an http, https or file URL)");
        }
    }

    private static void requirePositive(String key, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(key + ": " + duration + " (expected: more than 0)");
        }
    }
}
