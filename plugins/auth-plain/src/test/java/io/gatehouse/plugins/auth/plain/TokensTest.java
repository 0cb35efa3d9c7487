/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.gatehouse.kernel.config.Binder;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.operations.IssuedToken;
import io.gatehouse.spi.operations.UserTokens;
import io.gatehouse.spi.testkit.AuthenticatorHarness;
import io.gatehouse.spi.testkit.InMemoryResources;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of the gateway as passwords; conformance line 41. */
class TokensTest {

    private static final TokensConfig.Key OLD = key("old");
    private static final TokensConfig.Key NEW = key("new");
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    private AuthenticatorHarness harness;
    private InMemoryResources<Account> accounts;

    @BeforeEach
    void open() {
        harness = harness(NEW, OLD);
        accounts = harness.resources(AccountKind.class);
        accounts.put("alice", account(LONG_AGO));
        accounts.put("bob", account(LONG_AGO));
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private static TokensConfig.Key key(String id) {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return new TokensConfig.Key(id, Base64.getEncoder().encodeToString(bytes));
    }

    private static AuthenticatorHarness harness(TokensConfig.Key... keys) {
        TokensConfig tokens =
                new TokensConfig("kafka.example.org", Optional.of("kafka"), List.of(keys), Duration.ofDays(1));
        return AuthenticatorHarness.of(
                new PlainAuthenticatorFactory(),
                new PlainConfig(
                        Set.of(Mechanism.PLAIN), Optional.of(1), 4, 4096, Optional.empty(), Optional.of(tokens)));
    }

    private static Account account(Instant notBefore) {
        return new Account("secret", Map.of(), new AccountTokens(notBefore.toString()), "team-a", true);
    }

    private IssuedToken issue(String username, Duration lifetime) {
        return ((UserTokens) harness.authenticator()).issue(username, lifetime);
    }

    private AuthenticationResult login(String username, String password) {
        return login(harness, username, password);
    }

    private static AuthenticationResult login(AuthenticatorHarness harness, String username, String password) {
        return harness.sasl("PLAIN", ("\0" + username + "\0" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static Authentication authenticated(AuthenticationResult result) {
        assertThat(result).isInstanceOf(AuthenticationResult.Authenticated.class);
        return ((AuthenticationResult.Authenticated) result).authentication();
    }

    private static void assertRefused(AuthenticationResult result, String reason) {
        assertThat(result).isInstanceOf(AuthenticationResult.Rejected.class);
        AuthenticationResult.Rejected rejected = (AuthenticationResult.Rejected) result;
        assertThat(rejected.message()).isEqualTo("Authentication failed: Invalid username or password");
        assertThat(rejected.reason()).contains(reason);
    }

    @Test
    void aTokenLetsItsUserInUntilItExpires() {
        IssuedToken token = issue("alice", Duration.ofHours(1));

        Authentication authentication = authenticated(login("alice", token.token()));

        assertThat(authentication.identifier()).isEqualTo("alice");
        assertThat(authentication.virtualCluster()).contains("team-a");
        assertThat(authentication.expiry()).contains(token.expiry());
        assertThat(authentication.claims()).containsEntry("jti", token.id()).containsEntry("sub", "alice");
        assertThat(token.expiry())
                .isBetween(Instant.now().plusSeconds(3590), Instant.now().plusSeconds(3600));
        assertThat(token.toString()).doesNotContain(token.token());
    }

    @Test
    void thePasswordStillWorksAndHasNoExpiry() {
        assertThat(authenticated(login("alice", "secret")).expiry()).isEmpty();
    }

    @Test
    void aTokenIsItsSubjectsAlone() {
        assertRefused(login("bob", issue("alice", Duration.ofHours(1)).token()), "sub is \"alice\"");
        assertRefused(login("nobody", issue("alice", Duration.ofHours(1)).token()), "does not exist");
    }

    @Test
    void anyKeyVerifiesAndTheFirstSigns() throws Exception {
        String ofOld;
        try (AuthenticatorHarness before = harness(OLD)) {
            before.resources(AccountKind.class).put("alice", account(LONG_AGO));
            ofOld = ((UserTokens) before.authenticator())
                    .issue("alice", Duration.ofHours(1))
                    .token();
        }

        authenticated(login("alice", ofOld));
        String now = issue("alice", Duration.ofHours(1)).token();
        assertThat(SignedJWT.parse(now).getHeader().getKeyID()).isEqualTo("new");
        try (AuthenticatorHarness after = harness(NEW)) {
            after.resources(AccountKind.class).put("alice", account(LONG_AGO));
            authenticated(login(after, "alice", now));
            assertRefused(login(after, "alice", ofOld), "kid is \"old\"");
        }
    }

    @Test
    void aRemovedOrDisabledAccountTakesNoTokensAndItsConnectionsEnd() {
        String token = issue("alice", Duration.ofHours(1)).token();
        Authentication session = authenticated(login("alice", token));
        assertThat(harness.refresh(session)).isPresent();

        accounts.put("alice", new Account("secret", Map.of(), new AccountTokens(LONG_AGO.toString()), null, false));
        assertRefused(login("alice", token), "is disabled");
        assertThat(harness.refresh(session)).isEmpty();

        accounts.remove("alice");
        assertRefused(login("alice", token), "does not exist");
        assertThat(harness.refresh(session)).isEmpty();

        accounts.put("alice", new Account("secret", Map.of(), null, null, true));
        assertRefused(login("alice", token), "the account takes none");
        assertThat(harness.refresh(session)).isEmpty();
    }

    @Test
    void aMovedNotBeforeRevokesTokensAndTheirSessionsAndNothingElse() {
        String token = issue("alice", Duration.ofHours(1)).token();
        Authentication ofToken = authenticated(login("alice", token));
        Authentication ofPassword = authenticated(login("alice", "secret"));

        accounts.put("alice", account(Instant.now().plusSeconds(1).truncatedTo(ChronoUnit.SECONDS)));

        assertRefused(login("alice", token), "the account takes those since");
        assertThat(harness.refresh(ofToken)).isEmpty();
        assertThat(harness.refresh(ofPassword)).isPresent();
        authenticated(login("alice", "secret"));
    }

    @Test
    void revokingEndsWhatWasIssuedAndNothingThatComesAfter() throws Exception {
        UserTokens tokens = (UserTokens) harness.authenticator();
        String before = issue("alice", Duration.ofHours(1)).token();
        Authentication session = authenticated(login("alice", before));

        Instant since =
                tokens.revoke("alice", "User:operator").toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(since)
                .isBetween(Instant.now().minusSeconds(10), Instant.now().plusSeconds(1));
        assertRefused(login("alice", before), "the account takes those since " + since);
        assertThat(harness.refresh(session)).isEmpty();
        authenticated(login("alice", issue("alice", Duration.ofHours(1)).token()));
        authenticated(login("alice", "secret"));
        authenticated(login("bob", issue("bob", Duration.ofHours(1)).token()));
    }

    @Test
    void whatCannotBeRevokedIsNamed() {
        UserTokens tokens = (UserTokens) harness.authenticator();
        accounts.put("dave", new Account("secret", Map.of(), null, null, true));

        assertThatThrownBy(() -> tokens.revoke("nobody", "User:operator"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("\"nobody\"");
        assertThatThrownBy(() -> tokens.revoke("dave", "User:operator"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("takes no tokens");
    }

    private String forged(JWSAlgorithm algorithm, JWSSigner signer, String kid, UnaryOperator<JWTClaimsSet.Builder> how)
            throws Exception {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer("kafka.example.org")
                .audience("kafka")
                .subject("alice")
                .issueTime(new Date())
                .expirationTime(Date.from(Instant.now().plusSeconds(60)));
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(algorithm).keyID(kid).build(),
                how.apply(claims).build());
        token.sign(signer);
        return token.serialize();
    }

    private String signed(UnaryOperator<JWTClaimsSet.Builder> how) throws Exception {
        return forged(JWSAlgorithm.HS256, new MACSigner(NEW.bytes()), "new", how);
    }

    @Test
    void whateverIsWrongWithATokenRefusesIt() throws Exception {
        Instant past = Instant.now().minusSeconds(1);

        authenticated(login("alice", signed(claims -> claims)));
        assertRefused(login("alice", signed(claims -> claims.issuer("other"))), "iss is \"other\"");
        assertRefused(login("alice", signed(claims -> claims.issuer(null))), "iss is missing");
        assertRefused(login("alice", signed(claims -> claims.audience("other"))), "aud is \"[other]\"");
        assertRefused(login("alice", signed(claims -> claims.audience((String) null))), "aud is");
        assertRefused(login("alice", signed(claims -> claims.subject(null))), "sub is missing");
        assertRefused(login("alice", signed(claims -> claims.subject("ALICE"))), "sub is \"ALICE\"");
        assertRefused(login("alice", signed(claims -> claims.issueTime(null))), "iat is missing");
        assertRefused(login("alice", signed(claims -> claims.expirationTime(null))), "exp is missing");
        assertRefused(login("alice", signed(claims -> claims.expirationTime(Date.from(past)))), "exp is");
        assertRefused(
                login("alice", signed(claims -> claims.notBeforeTime(Date.from(past.plusSeconds(60))))), "nbf is");
    }

    @Test
    void aTokenThatThisGatewayDidNotSignIsRefused() throws Exception {
        byte[] bytes = Base64.getDecoder().decode(key("x").secret());
        var rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();

        assertRefused(
                login("alice", forged(JWSAlgorithm.HS256, new MACSigner(bytes), "new", claims -> claims)),
                "signature is wrong");
        assertRefused(
                login("alice", forged(JWSAlgorithm.HS256, new MACSigner(NEW.bytes()), "other", claims -> claims)),
                "kid is \"other\"");
        assertRefused(
                login("alice", forged(JWSAlgorithm.HS256, new MACSigner(NEW.bytes()), null, claims -> claims)),
                "kid is missing");
        assertRefused(
                login("alice", forged(JWSAlgorithm.RS256, new RSASSASigner(rsa), "new", claims -> claims)),
                "alg is \"RS256\"");
        byte[] longer = new byte[64];
        assertRefused(
                login("alice", forged(JWSAlgorithm.HS512, new MACSigner(longer), "new", claims -> claims)),
                "alg is \"HS512\"");
    }

    @Test
    void anUnsignedTokenIsRefused() throws Exception {
        String[] parts = signed(claims -> claims).split("\\.");
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\",\"kid\":\"new\"}".getBytes(StandardCharsets.UTF_8));

        assertRefused(login("alice", none + "." + parts[1] + "."), "cannot be read");
        assertRefused(login("alice", none + "." + parts[1] + "." + parts[2]), "cannot be read");
        assertRefused(login("alice", parts[0] + "." + parts[1] + "."), "cannot be read");
        assertRefused(login("alice", parts[0] + ".e30." + parts[2]), "signature is wrong");
    }

    @Test
    void whatIsSignedAndNoJsonIsRefused() throws Exception {
        JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("new").build(), new Payload("no claims"));
        token.sign(new MACSigner(NEW.bytes()));

        assertRefused(login("alice", token.serialize()), "cannot be read");
    }

    @Test
    void aRefusedTokenTakesOneSlowHash() throws Exception {
        double before = slowHashes();

        login("alice", signed(claims -> claims.issuer("other")));

        assertThat(slowHashes()).isEqualTo(before + 1);
    }

    private double slowHashes() {
        return harness.plugin()
                .meters()
                .get("gatehouse.auth.plain.slow.hashes")
                .counter()
                .count();
    }

    @Test
    void whatCannotBeIssuedIsNamed() {
        accounts.put("carol", new Account("secret", Map.of(), new AccountTokens(LONG_AGO.toString()), null, false));
        accounts.put("dave", new Account("secret", Map.of(), null, null, true));
        accounts.put("erin", account(Instant.now().plusSeconds(3600)));

        assertThatThrownBy(() -> issue("nobody", Duration.ofHours(1)))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("\"nobody\"");
        assertThatThrownBy(() -> issue("alice", Duration.ofDays(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lifetime: 172800 s (expected: 1 to 86400)");
        for (Duration lifetime : List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> issue("alice", lifetime)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("carol", "dave", "erin")) {
            assertThatThrownBy(() -> issue(name, Duration.ofHours(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"" + name + "\"");
        }
    }

    @Test
    void withoutTheConfigurationTokensArePasswordsLikeAnyOtherAndNobodyIssuesThem() throws Exception {
        try (AuthenticatorHarness off = AuthenticatorHarness.of(new PlainAuthenticatorFactory(), Configs.plain(1, 4))) {
            off.resources(AccountKind.class).put("alice", account(LONG_AGO));

            assertThat(off.authenticator()).isNotInstanceOf(UserTokens.class);
            assertRefused(login(off, "alice", signed(claims -> claims)), "wrong password");
        }
    }

    @Test
    void aConfigurationWithoutGoodKeysIsRefused() {
        assertThat(problem(Map.of("issuer", "me"))).contains("tokens.keys: missing");
        assertThat(problem(Map.of("issuer", "me", "keys", List.of()))).contains("tokens.keys: empty");
        assertThat(problem(Map.of("issuer", "me", "keys", List.of(Map.of("id", "a", "secret", "c2VjcmV0")))))
                .contains("tokens.keys[0].secret: 48 bits (expected: at least 256, in base64)");
        assertThat(problem(Map.of("issuer", "me", "keys", List.of(Map.of("id", "a", "secret", "not base64!")))))
                .contains("tokens.keys[0].secret: no base64")
                .doesNotContain("not base64!");
        Map<String, Object> good = Map.of("id", "a", "secret", NEW.secret());
        assertThat(problem(Map.of("issuer", "me", "keys", List.of(good, good))))
                .contains("two with the id a")
                .doesNotContain(NEW.secret());
        assertThat(problem(Map.of("issuer", "me", "keys", List.of(good)))).isEmpty();
        assertThat(problem(Map.of("issuer", "me", "keys", List.of(good)), "SCRAM-SHA-256"))
                .contains("tokens: without the mechanism PLAIN");
    }

    private static String problem(Map<String, Object> tokens, String... mechanisms) {
        Map<String, Object> tree = new HashMap<>(Map.of("tokens", tokens));
        if (mechanisms.length > 0) {
            tree.put("mechanisms", List.of(mechanisms));
        }
        return String.join(
                "; ",
                new Binder()
                        .bind(tree, PlainConfig.class, "").problems().stream()
                                .map(Object::toString)
                                .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2026-11-23", "1795420800"})
    void aNotBeforeThatIsNoTimeIsRefused(String notBefore) {
        assertThatThrownBy(() -> new AccountTokens(notBefore)).hasMessageStartingWith("notBefore: \"" + notBefore);
    }
}
