/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.gatehouse.spi.operations.IssuedToken;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that this gateway issues and takes as passwords: JWTs (RFC 7519), signed with HMAC-SHA-256 and nothing else.
 *
 * <pre>
 * {"kid":"2026-11","typ":"JWT","alg":"HS256"}
 * {"iss":"kafka.example.org","aud":"kafka.example.org","sub":"alice","iat":1795420800,"exp":1795424400,"jti":"0b9c..."}
 * </pre>
 *
 * A token is its subject's alone, and is taken for as long as the account is there, enabled, and has not moved its
 * {@link AccountTokens#notBefore()} past the token. An account without {@code tokens} takes none, so that an account that was removed and
 * made again does not bring old tokens back. Thread-safe.
 */
final class Tokens {

    private static final JWSAlgorithm ALGORITHM = JWSAlgorithm.HS256;

    /** {@code {"}, as every JWT begins. */
    private static final String BEGINNING = "eyJ";

    private final TokensConfig config;
    private final Accounts accounts;
    private final Clock clock;
    private final MACSigner signer;
    private final Map<String, JWSVerifier> verifiers = new HashMap<>();

    Tokens(TokensConfig config, Accounts accounts, Clock clock) {
        this.config = config;
        this.accounts = accounts;
        this.clock = clock;
        try {
            this.signer = new MACSigner(config.keys().get(0).bytes());
            for (TokensConfig.Key key : config.keys()) {
                verifiers.put(key.id(), new MACVerifier(key.bytes()));
            }
        } catch (JOSEException e) {
            throw new IllegalStateException("keys have been checked", e);
        }
    }

    /** The token is refused; the message says why, for the log. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** Whether a password has the form of a JWT; then it is taken for one, and for nothing else. */
    static boolean looksLikeOne(byte[] password) {
        int dots = 0;
        for (byte each : password) {
            if (each == '.') {
                dots++;
            }
        }
        return dots == 2
                && new String(password, 0, Math.min(password.length, BEGINNING.length()), StandardCharsets.US_ASCII)
                        .equals(BEGINNING);
    }

    /** See {@link io.gatehouse.spi.operations.UserTokens#issue}. */
    IssuedToken issue(String username, Duration lifetime) {
        KnownAccount account = required(username);
        if (lifetime.toSeconds() < 1 || lifetime.compareTo(config.maxLifetime()) > 0) {
            throw new IllegalArgumentException("lifetime: " + lifetime.toSeconds() + " s (expected: 1 to "
                    + config.maxLifetime().toSeconds() + ")");
        }
        Instant issuedAt = issueTime(account);
        Instant expiry = issuedAt.plusSeconds(lifetime.toSeconds());
        String id = UUID.randomUUID().toString();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(ALGORITHM)
                        .type(JOSEObjectType.JWT)
                        .keyID(config.keys().get(0).id())
                        .build(),
                new JWTClaimsSet.Builder()
                        .issuer(config.issuer())
                        .audience(config.audienceOrDefault())
                        .subject(username)
                        .issueTime(Date.from(issuedAt))
                        .expirationTime(Date.from(expiry))
                        .jwtID(id)
                        .build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("HMAC-SHA-256 failed", e);
        }
        return new IssuedToken(username, token.serialize(), id, expiry);
    }

    private KnownAccount required(String username) {
        return accounts.find(username)
                .orElseThrow(() -> new NoSuchElementException(
                        "account " + LogText.quoted(username) + " (expected: an account that exists)"));
    }

    /** Now, in whole seconds as JWTs have it; right after a revocation the second from which on tokens are taken again. */
    private Instant issueTime(KnownAccount account) {
        String who = "account " + LogText.quoted(account.name());
        Instant now = clock.instant();
        if (!account.spec().enabled()) {
            throw new IllegalStateException(who + " is disabled (expected: an account that may log in)");
        }
        AccountTokens tokens = account.spec().tokens();
        if (tokens == null) {
            throw new IllegalStateException(who + " takes no tokens (expected: spec.tokens.notBefore, such as "
                    + now.truncatedTo(ChronoUnit.SECONDS) + ")");
        }
        Instant first = roundedUp(tokens.time());
        if (first.isAfter(now.plusSeconds(1))) {
            throw new IllegalStateException(
                    who + ": tokens.notBefore is " + tokens.notBefore() + " (expected: a time that has passed)");
        }
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        return first.isAfter(second) ? first : second;
    }

    private static Instant roundedUp(Instant time) {
        Instant second = time.truncatedTo(ChronoUnit.SECONDS);
        return second.equals(time) ? second : second.plusSeconds(1);
    }

    /**
     * The account of that name as it is, for what it should be after a revocation.
     *
     * @throws NoSuchElementException when there is none
     * @throws IllegalStateException when it takes no tokens
     */
    KnownAccount revocable(String username) {
        KnownAccount account = required(username);
        if (account.spec().tokens() == null) {
            throw new IllegalStateException(
                    "account " + LogText.quoted(username) + " takes no tokens (expected: spec.tokens.notBefore)");
        }
        return account;
    }

    /** The first moment that no token has been issued in. */
    Instant revocation() {
        return roundedUp(clock.instant().plusNanos(1));
    }

    /**
     * Verifies a token.
     *
     * @return its claims
     * @throws RefusedException when this account must not be let in by it
     */
    JWTClaimsSet verify(KnownAccount account, String text) throws RefusedException {
        JWTClaimsSet claims = signed(text);
        require(config.issuer().equals(claims.getIssuer()), "iss", claims.getIssuer(), config.issuer());
        String audience = config.audienceOrDefault();
        require(claims.getAudience().contains(audience), "aud", claims.getAudience(), audience);
        require(account.name().equals(claims.getSubject()), "sub", claims.getSubject(), "the user name");
        Date issuedAt = claims.getIssueTime();
        Date expiry = claims.getExpirationTime();
        require(issuedAt != null, "iat", null, "a time");
        require(expiry != null && expiry.toInstant().isAfter(clock.instant()), "exp", expiry, "a time to come");
        Date notBefore = claims.getNotBeforeTime();
        require(
                notBefore == null || !notBefore.toInstant().isAfter(clock.instant()),
                "nbf",
                notBefore,
                "a time that has passed");
        if (!isTaken(account.spec(), issuedAt.toInstant())) {
            throw new RefusedException("a token of " + issuedAt.toInstant() + ", but the account takes "
                    + (account.spec().tokens() == null
                            ? "none"
                            : "those since " + account.spec().tokens().notBefore()));
        }
        return claims;
    }

    private JWTClaimsSet signed(String text) throws RefusedException {
        try {
            SignedJWT token = SignedJWT.parse(text);
            require(
                    ALGORITHM.equals(token.getHeader().getAlgorithm()),
                    "alg",
                    token.getHeader().getAlgorithm(),
                    ALGORITHM);
            String kid = token.getHeader().getKeyID();
            JWSVerifier verifier = kid == null ? null : verifiers.get(kid);
            require(verifier != null, "kid", kid, "one of " + verifiers.keySet());
            if (!token.verify(verifier)) {
                throw new RefusedException("a token whose signature is wrong");
            }
            return token.getJWTClaimsSet();
        } catch (ParseException | JOSEException e) {
            throw new RefusedException("a token that cannot be read");
        }
    }

    private static void require(boolean holds, String what, @Nullable Object found, Object expected)
            throws RefusedException {
        if (!holds) {
            throw new RefusedException("a token whose " + what + " is "
                    + (found == null ? "missing" : LogText.quoted(found.toString())) + " (expected: " + expected + ")");
        }
    }

    /** Whether an account takes a token of that time, now. */
    static boolean isTaken(Account account, Instant issuedAt) {
        return account.enabled() && account.tokens() != null && account.tokens().takesOneOf(issuedAt);
    }
}
