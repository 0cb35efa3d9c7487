/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Authenticated;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import io.gatehouse.spi.authentication.AuthenticationResult.Unavailable;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens of one issuer. Keys are cached, refreshed ahead of time in the background, fetched again at a limited rate for an
 * unknown {@code kid} (key rotation), and used on for a bounded time while the issuer is away.
 *
 * <p>Thread-safe. May block for the JWKS timeout when keys have to be fetched, so never call it on an event loop.
 */
final class TokenVerifier implements AutoCloseable {

    /** RFC 7628, 3.2.2. */
    static final String INVALID_TOKEN = "invalid_token";

    static final String INSUFFICIENT_SCOPE = "insufficient_scope";

    private static final int MAX_JWKS_BYTES = 1024 * 1024;
    private static final String VIRTUAL_CLUSTER_CLAIM = "gateway.vcluster";

    private final OAuthConfig config;
    private final JWKSource<SecurityContext> keys;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    TokenVerifier(OAuthConfig config) {
        this.config = config;
        this.keys = keys(config);
        Set<JWSAlgorithm> algorithms =
                config.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet());
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"), null));
        DefaultJWTClaimsVerifier<SecurityContext> claims = new DefaultJWTClaimsVerifier<>(
                config.anyAudience() ? null : Set.copyOf(config.audiences()),
                config.issuer()
                        .map(issuer -> new JWTClaimsSet.Builder().issuer(issuer).build())
                        .orElse(null),
                Set.of("exp", "iat"),
                null);
        claims.setMaxClockSkew((int) config.clockSkew().toSeconds());
        processor.setJWTClaimsSetVerifier(claims);
    }

    private static JWKSource<SecurityContext> keys(OAuthConfig config) {
        int timeoutMillis =
                (int) Math.min(Integer.MAX_VALUE, config.jwksTimeout().toMillis());
        try {
            JWKSourceBuilder<SecurityContext> builder = JWKSourceBuilder.create(
                            URI.create(config.jwksUrl()).toURL(),
                            new DefaultResourceRetriever(timeoutMillis, timeoutMillis, MAX_JWKS_BYTES))
                    .cache(config.jwksCache().toMillis(), timeoutMillis)
                    .retrying(true)
                    .rateLimited(Math.max(1, config.jwksRefetchInterval().toMillis()));
            long aheadMillis = Math.min(30_000, config.jwksCache().toMillis() / 4);
            builder = config.jwksCache().toMillis() > 2L * timeoutMillis + aheadMillis
                    ? builder.refreshAheadCache(aheadMillis, true)
                    : builder.refreshAheadCache(false);
            return builder.outageTolerant(
                            Math.max(1, config.jwksOutageTolerance().toMillis()))
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(
                    "jwksUrl: \"" + config.jwksUrl() + "\" (expected: a URL): " + e.getMessage());
        }
    }

    /** The scopes that a client needs, for the error on the wire; empty when none. */
    String requiredScopes() {
        return String.join(" ", config.requiredScopes());
    }

    /** Whether a token says that it is of this issuer; it may lie. Does not block. */
    boolean isFor(String token) {
        if (config.anyIssuer()) {
            return true;
        }
        try {
            String issuer = SignedJWT.parse(token).getJWTClaimsSet().getIssuer();
            return config.issuer().orElseThrow().equals(issuer);
        } catch (ParseException malformed) {
            return false;
        }
    }

    /** @return {@link Rejected#message()} is one of RFC 7628's status words */
    AuthenticationResult verify(String token, String authorizationId) {
        JWTClaimsSet claims;
        try {
            claims = processor.process(token, null);
        } catch (KeySourceException e) {
            return new Unavailable("keys of " + config.jwksUrl() + ": " + e.getMessage());
        } catch (ParseException | BadJOSEException | JOSEException e) {
            return new Rejected(INVALID_TOKEN, "token: " + e.getMessage());
        }
        return decide(claims.toJSONObject(), claims, authorizationId);
    }

    private AuthenticationResult decide(Map<String, Object> claims, JWTClaimsSet standard, String authorizationId) {
        if (standard.getIssueTime().toInstant().isAfter(java.time.Instant.now().plus(config.clockSkew()))) {
            return new Rejected(INVALID_TOKEN, "iat: in the future");
        }
        List<String> scopes = Claims.texts(claims, config.scopeClaim(), " ");
        if (!new HashSet<>(scopes).containsAll(config.requiredScopes())) {
            return new Rejected(
                    INSUFFICIENT_SCOPE, "scopes " + scopes + " (expected: " + config.requiredScopes() + ")");
        }
        for (Map.Entry<String, String> required : config.requiredClaims().entrySet()) {
            if (!Claims.has(claims, required.getKey(), required.getValue())) {
                return new Rejected(
                        INVALID_TOKEN, "claim " + required.getKey() + " (expected: " + required.getValue() + ")");
            }
        }
        Optional<String> principal = principal(claims);
        if (principal.isEmpty()) {
            return new Rejected(INVALID_TOKEN, "claim " + config.principalClaim() + ": missing (expected: a text)");
        }
        if (!authorizationId.isEmpty() && !authorizationId.equals(principal.get())) {
            return new Rejected(INVALID_TOKEN, "authzid differs from the principal " + principal.get());
        }
        String virtualCluster = Claims.text(claims, VIRTUAL_CLUSTER_CLAIM).orElse(null);
        if (virtualCluster != null && !mayChoose(virtualCluster)) {
            return new Rejected(
                    INVALID_TOKEN,
                    VIRTUAL_CLUSTER_CLAIM + ": " + virtualCluster + " (expected: one of virtualClusters "
                            + config.virtualClusters() + ")");
        }
        return authenticated(claims, standard, principal.get(), virtualCluster);
    }

    private Authenticated authenticated(
            Map<String, Object> claims, JWTClaimsSet standard, String principal, @Nullable String virtualCluster) {
        Set<String> groups = config.groupsClaim()
                .map(path -> Set.copyOf(new HashSet<>(Claims.texts(claims, path, config.groupsDelimiter()))))
                .orElse(Set.of());
        return new Authenticated(Authentication.of(OAuthAuthenticator.MECHANISM, principal)
                .groups(groups)
                .virtualCluster(virtualCluster)
                .claims(claims)
                .expiry(standard.getExpirationTime().toInstant())
                .build());
    }

    private Optional<String> principal(Map<String, Object> claims) {
        return Claims.text(claims, config.principalClaim())
                .or(() -> config.fallbackPrincipalClaim()
                        .flatMap(claim -> Claims.text(claims, claim))
                        .map(name -> config.fallbackPrincipalPrefix() + name));
    }

    private boolean mayChoose(String virtualCluster) {
        return config.virtualClusters().contains("*")
                || config.virtualClusters().contains(virtualCluster);
    }

    @Override
    public void close() throws java.io.IOException {
        if (keys instanceof java.io.Closeable closeable) {
            closeable.close();
        }
    }
}
