/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Authenticated;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import io.gatehouse.spi.authentication.AuthenticationResult.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenVerifierTest {

    private final Issuer issuer = new Issuer();
    private final RSAKey key = issuer.publish("one");

    @AfterEach
    void stop() {
        issuer.close();
    }

    @Test
    void aValidTokenYieldsPrincipalClaimsAndExpiry() {
        Instant expiry = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 45);

        Authentication alice = authenticated(
                Issuer.claims().expirationTime(Date.from(expiry)).claim("client_id", "reader-app"), config -> {});

        assertThat(alice.identifier()).isEqualTo("alice");
        assertThat(alice.method()).isEqualTo("OAUTHBEARER");
        assertThat(alice.claims())
                .containsEntry("client_id", "reader-app")
                .containsEntry("exp", expiry.getEpochSecond());
        assertThat(alice.expiry()).contains(expiry);
        assertThat(alice.groups()).isEmpty();
        assertThat(alice.virtualCluster()).isEmpty();
    }

    @Test
    void anotherIssuerIsRefusedUnlessAnyIsAccepted() {
        JWTClaimsSet.Builder claims = Issuer.claims().issuer("https://other.test");

        assertRejected(claims, config -> {}, "iss");
        authenticated(claims, config -> {
            config.issuer = Optional.empty();
            config.anyIssuer = true;
        });
    }

    @Test
    void anotherAudienceIsRefusedUnlessAnyIsAccepted() {
        JWTClaimsSet.Builder claims = Issuer.claims().audience("somebody-else");

        assertRejected(claims, config -> {}, "aud");
        authenticated(claims, config -> {
            config.audiences = List.of();
            config.anyAudience = true;
        });
        authenticated(claims, config -> config.audiences = List.of("gateway", "somebody-else"));
    }

    @Test
    void timesCountWithinTheClockSkew() {
        Instant now = Instant.now();

        assertRejected(Issuer.claims().expirationTime(Date.from(now.minusSeconds(40))), config -> {}, "Expired");
        authenticated(Issuer.claims().expirationTime(Date.from(now.minusSeconds(10))), config -> {});
        assertRejected(Issuer.claims().notBeforeTime(Date.from(now.plusSeconds(40))), config -> {}, "before");
        authenticated(Issuer.claims().notBeforeTime(Date.from(now.plusSeconds(10))), config -> {});
        assertRejected(Issuer.claims().issueTime(Date.from(now.plusSeconds(40))), config -> {}, "iat");
    }

    @Test
    void expiryAndIssueTimeAreRequired() {
        assertRejected(Issuer.claims().expirationTime(null), config -> {}, "exp");
        assertRejected(Issuer.claims().issueTime(null), config -> {}, "iat");
    }

    @Test
    void aSignatureOfAnotherKeyIsRefused() {
        RSAKey imposter = Issuer.key("one");

        AuthenticationResult result =
                verify(Issuer.sign(imposter, Issuer.claims().build()), config -> {});

        assertThat(result).isInstanceOf(Rejected.class);
    }

    @Test
    void algorithmNoneIsRefused() {
        AuthenticationResult result = verify(new PlainJWT(Issuer.claims().build()).serialize(), config -> {});

        assertThat(result).isInstanceOf(Rejected.class);
    }

    @Test
    void aSymmetricSignatureWithThePublicKeyIsRefused() throws Exception {
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(),
                Issuer.claims().build());
        forged.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));

        AuthenticationResult result = verify(forged.serialize(), config -> {});

        assertThat(result).isInstanceOf(Rejected.class);
    }

    @Test
    void aTokenWithoutKeyIdIsVerifiedByAnyPublishedKey() {
        RSAKey unnamed = issuer.publish(null);

        authenticated(Issuer.sign(unnamed, Issuer.claims().build()), config -> {});
    }

    @Test
    void aNewKeyIsFetchedWhenATokenNamesIt() throws Exception {
        try (TokenVerifier verifier = new TokenVerifier(TestConfigs.config(issuer.jwksUrl(), config -> {}))) {
            assertThat(verifier.verify(Issuer.sign(key, Issuer.claims().build()), ""))
                    .isInstanceOf(Authenticated.class);

            RSAKey rotated = issuer.publish("two");
            issuer.withdraw(key);

            assertThat(verifier.verify(Issuer.sign(rotated, Issuer.claims().build()), ""))
                    .isInstanceOf(Authenticated.class);
        }
    }

    @Test
    void unknownKeyIdsDoNotMakeTheGatewayFloodTheIssuer() throws Exception {
        RSAKey unknown = Issuer.key("unknown");
        try (TokenVerifier verifier = new TokenVerifier(
                TestConfigs.config(issuer.jwksUrl(), config -> config.jwksRefetchInterval = Duration.ofMinutes(4)))) {
            for (int i = 0; i < 50; i++) {
                assertThat(verifier.verify(Issuer.sign(unknown, Issuer.claims().build()), ""))
                        .isNotInstanceOf(Authenticated.class);
            }
        }

        assertThat(issuer.fetches()).isLessThan(5);
    }

    @Test
    void whileTheIssuerIsAwayKnownKeysAreUsedOn() throws Exception {
        try (TokenVerifier verifier = new TokenVerifier(
                TestConfigs.config(issuer.jwksUrl(), config -> config.jwksCache = Duration.ofMillis(20)))) {
            verifier.verify(Issuer.sign(key, Issuer.claims().build()), "");

            issuer.stop();

            await().pollDelay(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(verifier.verify(
                                    Issuer.sign(key, Issuer.claims().build()), ""))
                            .isInstanceOf(Authenticated.class));
        }
    }

    @Test
    void keysAreUsedNoLongerThanAnOutageIsTolerated() throws Exception {
        try (TokenVerifier verifier = new TokenVerifier(TestConfigs.config(issuer.jwksUrl(), config -> {
            config.jwksCache = Duration.ofMillis(20);
            config.jwksOutageTolerance = Duration.ofMillis(600);
        }))) {
            assertThat(verifier.verify(Issuer.sign(key, Issuer.claims().build()), ""))
                    .isInstanceOf(Authenticated.class);

            issuer.stop();

            await().untilAsserted(() -> assertThat(
                            verifier.verify(Issuer.sign(key, Issuer.claims().build()), ""))
                    .isInstanceOf(Unavailable.class));
            issuer.startAgain();
            assertThat(verifier.verify(Issuer.sign(key, Issuer.claims().build()), ""))
                    .isInstanceOf(Authenticated.class);
        }
    }

    @Test
    void keysAreRefreshedAheadOfTimeThoughNobodyAsks() throws Exception {
        try (TokenVerifier verifier = new TokenVerifier(TestConfigs.config(issuer.jwksUrl(), config -> {
            config.jwksTimeout = Duration.ofMillis(200);
            config.jwksCache = Duration.ofSeconds(2);
        }))) {
            verifier.verify(Issuer.sign(key, Issuer.claims().build()), "");
            assertThat(issuer.fetches()).isEqualTo(1);

            await().until(() -> issuer.fetches() > 1);
        }
    }

    @Test
    void anIssuerThatHangsCostsItsTimeoutAndIsUnavailable() throws Exception {
        issuer.hang();
        try (TokenVerifier verifier = new TokenVerifier(
                TestConfigs.config(issuer.jwksUrl(), config -> config.jwksTimeout = Duration.ofMillis(300)))) {
            long begun = System.nanoTime();

            assertThat(verifier.verify(Issuer.sign(key, Issuer.claims().build()), ""))
                    .isInstanceOf(Unavailable.class);

            // It is asked twice before it counts as away.
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
        }
    }

    @Test
    void aTokenSaysWhichIssuerItIsFor() throws Exception {
        String own = Issuer.sign(key, Issuer.claims().build());
        String foreign =
                Issuer.sign(key, Issuer.claims().issuer("https://other.test").build());
        try (TokenVerifier verifier = new TokenVerifier(TestConfigs.config(issuer.jwksUrl(), config -> {}));
                TokenVerifier any = new TokenVerifier(TestConfigs.config(issuer.jwksUrl(), config -> {
                    config.issuer = Optional.empty();
                    config.anyIssuer = true;
                }))) {
            assertThat(verifier.isFor(own)).isTrue();
            assertThat(verifier.isFor(foreign)).isFalse();
            assertThat(verifier.isFor(
                            Issuer.sign(key, Issuer.claims().issuer(null).build())))
                    .isFalse();
            assertThat(verifier.isFor("no.token.at.all")).isFalse();
            assertThat(any.isFor(foreign)).isTrue();
        }
    }

    @Test
    void anIssuerThatWasNeverReachedIsUnavailableAndNotARefusal() throws Exception {
        issuer.stop();
        try (TokenVerifier verifier = new TokenVerifier(TestConfigs.config(issuer.jwksUrl(), config -> {}))) {
            assertThat(verifier.verify(Issuer.sign(key, Issuer.claims().build()), ""))
                    .isInstanceOf(Unavailable.class);

            issuer.startAgain();

            assertThat(verifier.verify(Issuer.sign(key, Issuer.claims().build()), ""))
                    .isInstanceOf(Authenticated.class);
        }
    }

    @Test
    void keysMayComeFromAFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("jwks.json");
        Files.writeString(file, "{\"keys\":[" + key.toPublicJWK().toJSONString() + "]}");

        try (TokenVerifier verifier =
                new TokenVerifier(TestConfigs.config(file.toUri().toString(), config -> {}))) {
            assertThat(verifier.verify(Issuer.sign(key, Issuer.claims().build()), ""))
                    .isInstanceOf(Authenticated.class);
        }
    }

    @Test
    void requiredScopesMustAllBeThere() {
        Consumer<TestConfigs> scopes = config -> config.requiredScopes = List.of("kafka", "write");

        authenticated(Issuer.claims().claim("scope", "openid kafka write"), scopes);
        authenticated(Issuer.claims().claim("scope", List.of("kafka", "write")), scopes);
        Rejected rejected = assertRejected(Issuer.claims().claim("scope", "kafka"), scopes, "scopes");
        assertThat(rejected.message()).isEqualTo("insufficient_scope");
    }

    @Test
    void thePrincipalComesFromTheConfiguredClaimOrTheFallback() {
        Consumer<TestConfigs> claims = config -> {
            config.principalClaim = "preferred_username";
            config.fallbackPrincipalClaim = Optional.of("client_id");
            config.fallbackPrincipalPrefix = "service-";
        };

        assertThat(authenticated(Issuer.claims().claim("preferred_username", "carol"), claims)
                        .identifier())
                .isEqualTo("carol");
        assertThat(authenticated(Issuer.claims().claim("client_id", "billing"), claims)
                        .identifier())
                .isEqualTo("service-billing");
        assertRejected(Issuer.claims(), claims, "preferred_username");
    }

    @Test
    void groupsComeFromAPathAsListOrText() {
        Consumer<TestConfigs> groups = config -> config.groupsClaim = Optional.of("realm_access.roles");

        assertThat(authenticated(Issuer.claims().claim("realm_access", Map.of("roles", List.of("a", "b"))), groups)
                        .groups())
                .containsExactlyInAnyOrder("a", "b");
        assertThat(authenticated(Issuer.claims().claim("realm_access", Map.of("roles", "a, b")), groups)
                        .groups())
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void theVirtualClusterClaimChoosesOnlyAmongTheConfigured() {
        assertThat(authenticated(
                                Issuer.claims().claim("gateway.vcluster", "team-a"),
                                config -> config.virtualClusters = List.of("team-a"))
                        .virtualCluster())
                .contains("team-a");
        assertThat(authenticated(
                                Issuer.claims().claim("gateway", Map.of("vcluster", "team-b")),
                                config -> config.virtualClusters = List.of("*"))
                        .virtualCluster())
                .contains("team-b");
        assertRejected(Issuer.claims().claim("gateway.vcluster", "team-b"), config -> {}, "gateway.vcluster");
    }

    @Test
    void requiredClaimsMustHaveTheirValue() {
        Consumer<TestConfigs> required = config -> config.requiredClaims = Map.of("org.name", "acme");

        authenticated(Issuer.claims().claim("org", Map.of("name", "acme")), required);
        authenticated(Issuer.claims().claim("org", Map.of("name", List.of("other", "acme"))), required);
        assertRejected(Issuer.claims().claim("org", Map.of("name", "other")), required, "org.name");
        assertRejected(Issuer.claims(), required, "org.name");
    }

    private Authentication authenticated(JWTClaimsSet.Builder claims, Consumer<TestConfigs> change) {
        return authenticated(Issuer.sign(key, claims.build()), change);
    }

    private Authentication authenticated(String token, Consumer<TestConfigs> change) {
        AuthenticationResult result = verify(token, change);
        assertThat(result).isInstanceOf(Authenticated.class);
        return ((Authenticated) result).authentication();
    }

    private Rejected assertRejected(JWTClaimsSet.Builder claims, Consumer<TestConfigs> change, String reason) {
        AuthenticationResult result = verify(Issuer.sign(key, claims.build()), change);
        assertThat(result).isInstanceOf(Rejected.class);
        assertThat(((Rejected) result).reason()).contains(reason);
        return (Rejected) result;
    }

    private AuthenticationResult verify(String token, Consumer<TestConfigs> change) {
        try (TokenVerifier verifier = new TokenVerifier(TestConfigs.config(issuer.jwksUrl(), change))) {
            return verifier.verify(token, "");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
