/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.testkit.AuthenticatorHarness;
import io.gatehouse.spi.testkit.InMemoryResources;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
        harness = AuthenticatorHarness.of(new PlainAuthenticatorFactory(), new PlainConfig(Optional.of(2), 4));
        accounts = harness.resources(AccountKind.class);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private static Account account(String password) {
        return new Account(password, null, true);
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
                .functionCounter()
                .count();
    }

    @Test
    void theRightPasswordYieldsTheAccountsNameAndVirtualCluster() {
        accounts.put("alice", new Account("secret", "team-a", true));

        Authentication authentication = authenticated(login("alice", "secret"));

        assertThat(authentication.method()).isEqualTo("PLAIN");
        assertThat(authentication.identifier()).isEqualTo("alice");
        assertThat(authentication.virtualCluster()).contains("team-a");
    }

    @Test
    void everyFailureSaysTheSameToTheClientAndMoreToTheLog() {
        accounts.put("alice", account("secret"));
        accounts.put("carol", new Account("secret", null, false));
        accounts.put("dave", new Account(null, null, true));

        assertRejected(login("alice", "wrong"), "wrong password for account \"alice\"");
        assertRejected(login("mallory\n", "secret"), "no account \"mallory?\"");
        assertRejected(login("carol", "secret"), "account \"carol\" is disabled");
        assertRejected(login("dave", "secret"), "account \"dave\" has no password");
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
        assertRejected(login("alice", "wrong"), "wrong password for account \"alice\"");
        assertRejected(login("alice", hash), "wrong password for account \"alice\"");
    }

    @Test
    void allOfALongPasswordCounts() {
        String longPassword = "x".repeat(72);
        accounts.put("alice", account(PasswordHash.of(longPassword + "right", 4)));
        accounts.put("bob", account(longPassword + "right"));

        for (String name : List.of("alice", "bob")) {
            authenticated(login(name, longPassword + "right"));
            assertRejected(login(name, longPassword + "wrong"), "wrong password for account \"" + name + "\"");
            assertRejected(login(name, longPassword), "wrong password for account \"" + name + "\"");
        }
    }

    @Test
    void everyRefusalCostsOneSlowHashWhoeverFails() {
        accounts.put("alice", account("secret"));
        accounts.put("bob", account(PasswordHash.of("secret", 4)));
        accounts.put("carol", new Account("secret", null, false));
        accounts.put("dave", new Account(null, null, true));

        for (String name : List.of("alice", "alice", "bob", "carol", "dave", "nobody")) {
            double before = slowHashes();
            assertThat(login(name, "wrong")).isInstanceOf(AuthenticationResult.Rejected.class);
            assertThat(slowHashes() - before).as(name).isEqualTo(1);
        }
    }

    @Test
    void anUnknownUserTakesAboutAsLongAsAWrongPassword() {
        try (AuthenticatorHarness slow =
                AuthenticatorHarness.of(new PlainAuthenticatorFactory(), new PlainConfig(Optional.of(1), 10))) {
            slow.resources(AccountKind.class).put("alice", account("secret"));
            byte[] wrong = "\0alice\0wrong".getBytes(StandardCharsets.UTF_8);
            byte[] unknown = "\0nobody\0wrong".getBytes(StandardCharsets.UTF_8);
            fastestNanos(() -> slow.sasl("PLAIN", wrong), 3);

            long wrongNanos = fastestNanos(() -> slow.sasl("PLAIN", wrong), 5);
            long unknownNanos = fastestNanos(() -> slow.sasl("PLAIN", unknown), 5);

            assertThat((double) unknownNanos / wrongNanos).isBetween(0.5, 2.0);
        }
    }

    private static long fastestNanos(Callable<?> call, int times) {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            try {
                call.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            fastest = Math.min(fastest, System.nanoTime() - start);
        }
        return fastest;
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
        assertRejected(login("alice", "wrong"), "wrong password for account \"alice\"");
        authenticated(login("alice", "secret"));
    }

    @Test
    void aChangedPasswordCountsAtOnce() {
        accounts.put("alice", account("old"));
        authenticated(login("alice", "old"));

        accounts.put("alice", account("new"));

        assertRejected(login("alice", "old"), "wrong password for account \"alice\"");
        authenticated(login("alice", "new"));
    }

    @Test
    void aDisabledOrRemovedAccountIsRefusedAtOnceAndItsConnectionsEnd() {
        accounts.put("alice", account("secret"));
        Authentication alice = authenticated(login("alice", "secret"));
        int changes = harness.changes();

        accounts.put("alice", new Account("secret", null, false));
        assertThat(harness.changes()).isEqualTo(changes + 1);
        assertThat(harness.refresh(alice)).isEmpty();
        assertRejected(login("alice", "secret"), "account \"alice\" is disabled");

        accounts.remove("alice");
        assertThat(harness.changes()).isEqualTo(changes + 2);
        assertThat(harness.refresh(alice)).isEmpty();
        assertRejected(login("alice", "secret"), "no account \"alice\"");
    }

    @Test
    void refreshYieldsTheVirtualClusterAsItIsNow() {
        accounts.put("alice", new Account("secret", "team-a", true));
        Authentication alice = authenticated(login("alice", "secret"));

        accounts.put("alice", new Account("secret", "team-b", true));

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
        assertThat(kind.beforeStoring("alice", stored)).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 17})
    void aCostOutOfRangeIsRefused(int cost) {
        assertThatThrownBy(() -> new PlainConfig(Optional.empty(), cost))
                .hasMessage("cost: " + cost + " (expected: 4-16)");
    }
}
