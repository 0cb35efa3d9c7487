/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import io.gatehouse.spi.testkit.AuthenticatorHarness;
import io.gatehouse.spi.testkit.InMemoryResources;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainAuthenticatorTest {

    private AuthenticatorHarness harness;
    private InMemoryResources<Account> accounts;

    @BeforeEach
    void open() {
        harness = AuthenticatorHarness.of(new PlainAuthenticatorFactory(), Configs.plain(2, 4));
        accounts = harness.resources(AccountKind.class);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private static Account account(String password) {
        return new Account(password, Map.of(), null, null, true);
    }

    private AuthenticationResult login(String username, String password) {
        return harness.sasl("PLAIN", ("\0" + username + "\0" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static Authentication authenticated(AuthenticationResult result) {
        assertThat(result).isInstanceOf(AuthenticationResult.Authenticated.class);
        return ((AuthenticationResult.Authenticated) result).authentication();
    }

    private static void assertRejected(AuthenticationResult result, String reason) {
        assertThat(result)
                .isEqualTo(new AuthenticationResult.Rejected(
                        "Authentication failed: Invalid username or password", reason));
    }

    private double slowHashes() {
        return harness.plugin()
                .meters()
                .get("gatehouse.auth.plain.slow.hashes")
                .counter()
                .count();
    }

    @Test
    void theRightPasswordYieldsTheAccountsNameAndVirtualCluster() {
        accounts.put("alice", new Account("secret", Map.of(), null, "team-a", true));

        Authentication authentication = authenticated(login("alice", "secret"));

        assertThat(authentication.method()).isEqualTo("PLAIN");
        assertThat(authentication.identifier()).isEqualTo("alice");
        assertThat(authentication.virtualCluster()).contains("team-a");
    }

    @Test
    void everyFailureSaysTheSameToTheClientAndMoreToTheLog() {
        accounts.put("alice", account("secret"));
        accounts.put("carol", new Account("secret", Map.of(), null, null, false));
        accounts.put("dave", new Account(null, Map.of(), null, null, true));

        assertRejected(login("alice", "wrong"), "account \"alice\": wrong password");
        assertRejected(login("mallory\n", "secret"), "account \"mallory?\" does not exist");
        assertRejected(login("carol", "secret"), "account \"carol\" is disabled");
        assertRejected(login("dave", "secret"), "account \"dave\": it has no password");
        assertRejected(
                harness.sasl("PLAIN", new byte[] {1}),
                "malformed PLAIN message: not of the form [authzid] NUL authcid NUL passwd");
    }

    @ParameterizedTest
    @CsvSource({"$2a$04$", "$2b$04$", "$2y$04$"})
    void hashesOfEveryUsualFormAreVerified(String prefix) {
        String hash = prefix + PasswordHash.of("secret", 4).substring(7);
        accounts.put("alice", account(hash));

        authenticated(login("alice", "secret"));
        assertRejected(login("alice", "wrong"), "account \"alice\": wrong password");
        assertRejected(login("alice", hash), "account \"alice\": wrong password");
    }

    @Test
    void allOfALongPasswordCounts() {
        String longPassword = "x".repeat(72);
        accounts.put("alice", account(PasswordHash.of(longPassword + "right", 4)));
        accounts.put("bob", account(longPassword + "right"));

        for (String name : List.of("alice", "bob")) {
            authenticated(login(name, longPassword + "right"));
            assertRejected(login(name, longPassword + "wrong"), "account \"" + name + "\": wrong password");
            assertRejected(login(name, longPassword), "account \"" + name + "\": wrong password");
        }
    }

    @Test
    void everyRefusalCostsOneSlowHashWhoeverFails() {
        accounts.put("alice", account("secret"));
        accounts.put("bob", account(PasswordHash.of("secret", 4)));
        accounts.put("carol", new Account("secret", Map.of(), null, null, false));
        accounts.put("dave", new Account(null, Map.of(), null, null, true));

        for (String name : List.of("alice", "alice", "bob", "carol", "dave", "nobody")) {
            double before = slowHashes();
            assertThat(login(name, "wrong")).isInstanceOf(AuthenticationResult.Rejected.class);
            assertThat(slowHashes() - before).as(name).isEqualTo(1);
        }
    }

    @Test
    void anUnknownUserTakesAboutAsLongAsAWrongPassword() throws Exception {
        try (AuthenticatorHarness slow =
                AuthenticatorHarness.of(new PlainAuthenticatorFactory(), Configs.plain(1, 10))) {
            slow.resources(AccountKind.class).put("alice", account("secret"));
            byte[] wrong = "\0alice\0wrong".getBytes(StandardCharsets.UTF_8);
            byte[] unknown = "\0nobody\0wrong".getBytes(StandardCharsets.UTF_8);

            Timing.assertAlike(List.of(() -> slow.sasl("PLAIN", wrong), () -> slow.sasl("PLAIN", unknown)));
        }
    }

    @Test
    void anAccountWithACheapHashCannotBeToldByItsTime() throws Exception {
        accounts.put("cheap", account(PasswordHash.of("secret", 4)));
        accounts.put("dear", account(PasswordHash.of("secret", 10)));
        byte[] cheap = "\0cheap\0wrong".getBytes(StandardCharsets.UTF_8);
        byte[] dear = "\0dear\0wrong".getBytes(StandardCharsets.UTF_8);
        byte[] unknown = "\0nobody\0wrong".getBytes(StandardCharsets.UTF_8);

        Timing.assertAlike(List.of(
                () -> harness.sasl("PLAIN", cheap),
                () -> harness.sasl("PLAIN", dear),
                () -> harness.sasl("PLAIN", unknown)));
    }

    @Test
    void ofManyConnectionsThatComeAtOnceOneMakesTheHash() throws Exception {
        try (AuthenticatorHarness one = AuthenticatorHarness.of(new PlainAuthenticatorFactory(), Configs.plain(1, 4))) {
            one.resources(AccountKind.class).put("alice", account(PasswordHash.of("secret", 8)));
            byte[] message = "\0alice\0secret".getBytes(StandardCharsets.UTF_8);
            List<CompletableFuture<SaslStep>> steps = new ArrayList<>();

            for (int i = 0; i < 500; i++) {
                steps.add(one.begin("PLAIN").evaluate(message).toCompletableFuture());
            }

            for (CompletableFuture<SaslStep> step : steps) {
                SaslStep.Completed completed = (SaslStep.Completed) step.get(10, TimeUnit.SECONDS);
                authenticated(completed.result());
            }
            double hashes = one.plugin()
                    .meters()
                    .get("gatehouse.auth.plain.slow.hashes")
                    .counter()
                    .count();
            assertThat(hashes).isEqualTo(1);
        }
    }

    @Test
    void whoHasGoneGetsNoHash() throws Exception {
        try (AuthenticatorHarness one = AuthenticatorHarness.of(new PlainAuthenticatorFactory(), Configs.plain(1, 8))) {
            byte[] message = "\0nobody\0secret".getBytes(StandardCharsets.UTF_8);
            CompletableFuture<SaslStep> last = CompletableFuture.completedFuture(null);

            for (int i = 0; i < 500; i++) {
                SaslExchange exchange = one.begin("PLAIN");
                last = exchange.evaluate(message).toCompletableFuture();
                exchange.close();
            }

            SaslStep.Completed completed = (SaslStep.Completed) last.get(10, TimeUnit.SECONDS);
            assertThat(completed.result()).isInstanceOf(AuthenticationResult.Unavailable.class);
            double hashes = one.plugin()
                    .meters()
                    .get("gatehouse.auth.plain.slow.hashes")
                    .counter()
                    .count();
            assertThat(hashes).isLessThan(5);
        }
    }

    @Test
    void aPasswordThatWasRightIsKnownAgainWithoutASlowHash() {
        accounts.put("alice", account("secret"));
        authenticated(login("alice", "secret"));
        double before = slowHashes();

        for (int i = 0; i < 100; i++) {
            authenticated(login("alice", "secret"));
        }

        assertThat(slowHashes()).isEqualTo(before);
        assertRejected(login("alice", "wrong"), "account \"alice\": wrong password");
        authenticated(login("alice", "secret"));
    }

    @Test
    void aChangedPasswordCountsAtOnce() {
        accounts.put("alice", account("old"));
        authenticated(login("alice", "old"));

        accounts.put("alice", account("new"));

        assertRejected(login("alice", "old"), "account \"alice\": wrong password");
        authenticated(login("alice", "new"));
    }

    @Test
    void aDisabledOrRemovedAccountIsRefusedAtOnceAndItsConnectionsEnd() {
        accounts.put("alice", account("secret"));
        Authentication alice = authenticated(login("alice", "secret"));
        int changes = harness.changes();

        accounts.put("alice", new Account("secret", Map.of(), null, null, false));
        assertThat(harness.changes()).isEqualTo(changes + 1);
        assertThat(harness.refresh(alice)).isEmpty();
        assertRejected(login("alice", "secret"), "account \"alice\" is disabled");

        accounts.remove("alice");
        assertThat(harness.changes()).isEqualTo(changes + 2);
        assertThat(harness.refresh(alice)).isEmpty();
        assertRejected(login("alice", "secret"), "account \"alice\" does not exist");
    }

    @Test
    void refreshYieldsTheVirtualClusterAsItIsNow() {
        accounts.put("alice", new Account("secret", Map.of(), null, "team-a", true));
        Authentication alice = authenticated(login("alice", "secret"));

        accounts.put("alice", new Account("secret", Map.of(), null, "team-b", true));

        assertThat(harness.refresh(alice)).hasValueSatisfying(refreshed -> {
            assertThat(refreshed.identifier()).isEqualTo("alice");
            assertThat(refreshed.virtualCluster()).contains("team-b");
        });
    }

    @Test
    void closingEndsTheWatchOnAccounts() {
        assertThat(accounts.watches()).isEqualTo(1);

        harness.close();

        assertThat(accounts.watches()).isZero();
    }

    @Test
    void theWrongUserIsNeverAuthenticatedWhateverHappensAtOnce() throws Exception {
        int users = 50;
        for (int i = 0; i < users; i++) {
            accounts.put("user-" + i, account(i % 2 == 0 ? "password-" + i : PasswordHash.of("password-" + i, 4)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(16);
        List<Future<?>> attempts = new ArrayList<>();
        Random random = new Random(42);
        for (int i = 0; i < 4_000; i++) {
            int user = random.nextInt(users);
            int password = random.nextInt(3) == 0 ? random.nextInt(users) : user;
            boolean change = random.nextInt(50) == 0;
            attempts.add(threads.submit(() -> {
                if (change) {
                    accounts.put("user-" + user, account("password-" + user));
                }
                AuthenticationResult result = login("user-" + user, "password-" + password);
                if (user != password) {
                    assertThat(result).isInstanceOf(AuthenticationResult.Rejected.class);
                    return;
                }
                if (!(result instanceof AuthenticationResult.Unavailable)) {
                    assertThat(authenticated(result).identifier()).isEqualTo("user-" + user);
                }
            }));
        }

        for (Future<?> attempt : attempts) {
            attempt.get();
        }
        threads.shutdownNow();
    }

    @Test
    void secretsAreInNoText() {
        Account account = account("secret");

        assertThat(account.toString()).doesNotContain("secret");
    }

    @Test
    void anAccountsPasswordIsValidatedAndHashedBeforeItIsStored() {
        AccountKind kind = new AccountKind();

        assertThat(kind.validate("alice", account("secret"))).isEmpty();
        assertThat(kind.validate("alice", account(""))).hasSize(1);
        assertThat(kind.validate("alice", account("$2y$31$abc")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.path()).isEqualTo("password");
                    assertThat(problem.message()).doesNotContain("abc");
                });
        Account stored = kind.beforeStoring("alice", account("secret"));
        assertThat(PasswordHash.isOne(stored.password())).isTrue();
        assertThat(stored.scram()).containsOnlyKeys("SCRAM-SHA-256", "SCRAM-SHA-512");
        assertThat(kind.validate("alice", stored)).isEmpty();
        assertThat(kind.beforeStoring("alice", stored)).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 17})
    void aCostOutOfRangeIsRefused(int cost) {
        assertThatThrownBy(() -> Configs.plain(1, cost)).hasMessage("cost: " + cost + " (expected: 4-16)");
    }
}
