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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFinalMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFirstMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ServerFirstMessage;
import org.apache.kafka.common.security.scram.internals.ScramSaslClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Kafka's own client side of SCRAM. */
class ScramLoginTest {

    private AuthenticatorHarness harness;
    private InMemoryResources<Account> accounts;

    @BeforeEach
    void open() {
        harness = AuthenticatorHarness.of(new PlainAuthenticatorFactory(), Configs.all(2, 4));
        accounts = harness.resources(AccountKind.class);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private static Account account(String password) {
        return new Account(password, Map.of(), null, null, true);
    }

    private static Account verifierOnly(ScramMechanism mechanism, String password, int iterations) {
        String verifier = ScramVerifier.derive(mechanism, password, iterations);
        return new Account(null, Map.of(mechanism.mechanismName(), verifier), null, null, true);
    }

    /** What a client learnt of the server, and how it ended. */
    private record Attempt(byte[] salt, int iterations, AuthenticationResult result, boolean serverKnewThePassword) {}

    private Attempt login(ScramMechanism mechanism, String name, String password) {
        return login(harness, mechanism, name, password, Map.of());
    }

    private static Attempt login(
            AuthenticatorHarness harness,
            ScramMechanism mechanism,
            String name,
            String password,
            Map<String, String> extensions) {
        try {
            ScramSaslClient client = client(mechanism, name, password, extensions);
            SaslExchange exchange = harness.begin(mechanism.mechanismName());
            SaslStep first = step(exchange, client.evaluateChallenge(new byte[0]));
            if (first instanceof SaslStep.Completed completed) {
                return new Attempt(new byte[0], 0, completed.result(), false);
            }
            byte[] challenge = ((SaslStep.Challenge) first).token();
            ServerFirstMessage message = new ServerFirstMessage(challenge);
            SaslStep.Completed last = (SaslStep.Completed) step(exchange, client.evaluateChallenge(challenge));
            boolean known = false;
            if (last.result() instanceof AuthenticationResult.Authenticated) {
                client.evaluateChallenge(last.token());
                known = client.isComplete();
            }
            exchange.close();
            return new Attempt(message.salt(), message.iterations(), last.result(), known);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static SaslStep step(SaslExchange exchange, byte[] message) throws Exception {
        return exchange.evaluate(message).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static ScramSaslClient client(
            ScramMechanism mechanism, String name, String password, Map<String, String> extensions) throws Exception {
        return new ScramSaslClient(mechanism, callbacks -> {
            for (Callback callback : callbacks) {
                if (callback instanceof NameCallback nameCallback) {
                    nameCallback.setName(name);
                } else if (callback instanceof PasswordCallback passwordCallback) {
                    passwordCallback.setPassword(password.toCharArray());
                } else if (callback instanceof ScramExtensionsCallback extensionsCallback) {
                    extensionsCallback.extensions(extensions);
                }
            }
        });
    }

    private static Authentication authenticated(Attempt attempt) {
        assertThat(attempt.result()).isInstanceOf(AuthenticationResult.Authenticated.class);
        assertThat(attempt.serverKnewThePassword()).isTrue();
        return ((AuthenticationResult.Authenticated) attempt.result()).authentication();
    }

    private static void assertRejected(Attempt attempt, ScramMechanism mechanism, String reason) {
        assertThat(attempt.result())
                .isEqualTo(new AuthenticationResult.Rejected(
                        "Authentication failed during authentication due to invalid credentials with SASL mechanism "
                                + mechanism.mechanismName(),
                        reason));
    }

    @ParameterizedTest
    @EnumSource
    void aVerifierLetsInWhoKnowsThePassword(ScramMechanism mechanism) {
        Account alice = verifierOnly(mechanism, "secret", 4096);
        accounts.put("alice", new Account(null, alice.scram(), null, "team-a", true));

        Authentication authentication = authenticated(login(mechanism, "alice", "secret"));

        assertThat(authentication.method()).isEqualTo(mechanism.mechanismName());
        assertThat(authentication.identifier()).isEqualTo("alice");
        assertThat(authentication.virtualCluster()).contains("team-a");
        assertRejected(login(mechanism, "alice", "wrong"), mechanism, "account \"alice\": wrong password");
    }

    @ParameterizedTest
    @EnumSource
    void clearTextInAFileServesEveryMechanism(ScramMechanism mechanism) {
        accounts.put("alice", account("secret"));

        assertRejected(login(mechanism, "alice", "wrong"), mechanism, "account \"alice\": wrong password");
        authenticated(login(mechanism, "alice", "secret"));
        authenticated(login(mechanism, "alice", "secret"));
        assertRejected(login(mechanism, "alice", "wrong"), mechanism, "account \"alice\": wrong password");
        assertThat(harness.sasl("PLAIN", "\0alice\0secret".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(AuthenticationResult.Authenticated.class);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenThroughAnApiServesEveryMechanism(ScramMechanism mechanism) {
        accounts.put("alice", new AccountKind().beforeStoring("alice", account("secret")));

        authenticated(login(mechanism, "alice", "secret"));
        assertRejected(login(mechanism, "alice", "wrong"), mechanism, "account \"alice\": wrong password");
        assertThat(harness.sasl("PLAIN", "\0alice\0secret".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(AuthenticationResult.Authenticated.class);
    }

    @Test
    void everyFailureSaysTheSameToTheClientAndMoreToTheLog() {
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_256;
        accounts.put("carol", new Account("secret", Map.of(), null, null, false));
        accounts.put("dave", account(PasswordHash.of("secret", 4)));
        accounts.put("erin", verifierOnly(ScramMechanism.SCRAM_SHA_512, "secret", 4096));

        assertRejected(login(mechanism, "mallory", "secret"), mechanism, "account \"mallory\" does not exist");
        assertRejected(login(mechanism, "carol", "secret"), mechanism, "account \"carol\" is disabled");
        assertRejected(
                login(mechanism, "dave", "secret"),
                mechanism,
                "account \"dave\" has no verifier for SCRAM-SHA-256 (expected: spec.scram, or a password in clear text "
                        + "to derive it from)");
        assertThat(login(mechanism, "erin", "secret").result()).isInstanceOf(AuthenticationResult.Rejected.class);
    }

    @ParameterizedTest
    @EnumSource
    void aNameThatIsNoAccountIsChallengedLikeOneThatIs(ScramMechanism mechanism) {
        accounts.put("alice", account("secret"));
        accounts.put("bob", verifierOnly(mechanism, "secret", 4096));

        Attempt alice = login(mechanism, "alice", "wrong");
        Attempt bob = login(mechanism, "bob", "wrong");
        Attempt mallory = login(mechanism, "mallory", "wrong");
        Attempt again = login(mechanism, "mallory", "other");
        Attempt trudy = login(mechanism, "trudy", "wrong");

        assertThat(again.salt()).isEqualTo(mallory.salt()).isNotEqualTo(trudy.salt());
        assertThat(List.of(alice, bob, mallory, trudy)).allMatch(attempt -> attempt.iterations() == 4096);
        for (Attempt attempt : List.of(alice, bob, mallory, trudy)) {
            assertThat(new String(attempt.salt(), StandardCharsets.US_ASCII)).matches("[0-9a-z]{20,26}");
        }
    }

    @Test
    void anAccountThatGoesAndComesBackKeepsItsChallenge() {
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_256;
        accounts.put("alice", account("secret"));
        byte[] salt = login(mechanism, "alice", "wrong").salt();

        accounts.put("alice", new Account("secret", Map.of(), null, null, false));
        assertThat(login(mechanism, "alice", "secret").salt()).isEqualTo(salt);
        accounts.remove("alice");
        assertThat(login(mechanism, "alice", "secret").salt()).isEqualTo(salt);
    }

    @Test
    void unknownNamesHaveTheIterationsThatAccountsHaveAndAsOften() {
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_256;
        for (int i = 0; i < 3; i++) {
            accounts.put("of-4096-" + i, verifierOnly(mechanism, "secret", 4096));
        }
        accounts.put("of-8192", verifierOnly(mechanism, "secret", 8192));
        int[] counts = new int[2];

        for (int i = 0; i < 200; i++) {
            counts[login(mechanism, "nobody-" + i, "wrong").iterations() == 8192 ? 1 : 0]++;
        }

        assertThat(counts[1]).isBetween(25, 80);
    }

    @Test
    void gatewaysWithTheSameSecretGiveUnknownNamesTheSameSalts() {
        Salts one = new Salts(Optional.of("0123456789abcdef0123456789abcdef"));
        Salts two = new Salts(Optional.of("0123456789abcdef0123456789abcdef"));
        Salts other = new Salts(Optional.empty());

        assertThat(one.salt("SCRAM-SHA-256", "mallory"))
                .isEqualTo(two.salt("SCRAM-SHA-256", "mallory"))
                .isNotEqualTo(one.salt("SCRAM-SHA-512", "mallory"))
                .isNotEqualTo(other.salt("SCRAM-SHA-256", "mallory"));
    }

    @Test
    void aFailureTakesAboutAsLongWhoeverFails() {
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_512;
        accounts.put("alice", account("secret"));
        accounts.put("bob", verifierOnly(mechanism, "secret", 4096));
        List<String> names = List.of("alice", "bob", "mallory");
        names.forEach(name -> fastestNanos(mechanism, name, 10));

        List<Long> nanos =
                names.stream().map(name -> fastestNanos(mechanism, name, 40)).toList();

        long least = nanos.stream().mapToLong(Long::longValue).min().orElseThrow();
        long most = nanos.stream().mapToLong(Long::longValue).max().orElseThrow();
        assertThat((double) most / least).as("%s", nanos).isLessThan(3);
    }

    /** Without what the client does for its proof. */
    private long fastestNanos(ScramMechanism mechanism, String name, int times) {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < times; i++) {
            try {
                ScramSaslClient client = client(mechanism, name, "wrong", Map.of());
                SaslExchange exchange = harness.begin(mechanism.mechanismName());
                byte[] challenge = ((SaslStep.Challenge) step(exchange, client.evaluateChallenge(new byte[0]))).token();
                byte[] proof = client.evaluateChallenge(challenge);
                long start = System.nanoTime();
                step(exchange, proof);
                fastest = Math.min(fastest, System.nanoTime() - start);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        return fastest;
    }

    @Test
    void aDelegationTokenIsRefused() {
        accounts.put("alice", account("secret"));

        Attempt attempt = login(harness, ScramMechanism.SCRAM_SHA_256, "alice", "secret", Map.of("tokenauth", "true"));

        assertThat(attempt.result()).isInstanceOf(AuthenticationResult.Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "n", "n,,n=alice", "n,,n=,r=abc", "p=tls-unique,,n=alice,r=abc", "n,a=bob,n=alice,r=abc"})
    void aMessageThatIsNoneEndsTheExchange(String message) throws Exception {
        accounts.put("alice", account("secret"));

        SaslStep step = step(harness.begin("SCRAM-SHA-256"), message.getBytes(StandardCharsets.UTF_8));

        assertThat(((SaslStep.Completed) step).result()).isInstanceOf(AuthenticationResult.Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c=biws,r=wrong,p=AAAA", "c=biws,r=abc", "c=biws,r=NONCE,p=AAAA", "c=biws,r=NONCE,p="})
    void aProofThatIsNoneEndsTheExchange(String message) throws Exception {
        accounts.put("alice", verifierOnly(ScramMechanism.SCRAM_SHA_256, "secret", 4096));
        SaslExchange exchange = harness.begin("SCRAM-SHA-256");
        SaslStep challenge = step(exchange, "n,,n=alice,r=abc".getBytes(StandardCharsets.UTF_8));
        String nonce = new ServerFirstMessage(((SaslStep.Challenge) challenge).token()).nonce();

        SaslStep step = step(exchange, message.replace("NONCE", nonce).getBytes(StandardCharsets.UTF_8));

        assertThat(((SaslStep.Completed) step).result()).isInstanceOf(AuthenticationResult.Rejected.class);
    }

    @Test
    void librdkafkaMaySayItsPartOfTheNonceTwiceAndNobodyMaySayAnother() throws Exception {
        accounts.put("alice", verifierOnly(ScramMechanism.SCRAM_SHA_256, "secret", 4096));

        assertThat(resultWithNonce("abc", "")).isInstanceOf(AuthenticationResult.Authenticated.class);
        assertThat(resultWithNonce("abc", "abc")).isInstanceOf(AuthenticationResult.Authenticated.class);
        assertThat(resultWithNonce("abc", "abcabc")).isInstanceOf(AuthenticationResult.Rejected.class);
        assertThat(resultWithNonce("abc", "x")).isInstanceOf(AuthenticationResult.Rejected.class);
    }

    /** A right proof over a last message whose nonce has something before it. */
    private AuthenticationResult resultWithNonce(String nonce, String before) throws Exception {
        ScramFormatter formatter = new ScramFormatter(ScramMechanism.SCRAM_SHA_256);
        SaslExchange exchange = harness.begin("SCRAM-SHA-256");
        ClientFirstMessage first = new ClientFirstMessage("alice", nonce, Map.of());
        SaslStep step = step(exchange, first.toBytes());
        ServerFirstMessage challenge = new ServerFirstMessage(((SaslStep.Challenge) step).token());
        ClientFinalMessage last =
                new ClientFinalMessage("n,,".getBytes(StandardCharsets.UTF_8), before + challenge.nonce());
        byte[] salted = formatter.saltedPassword("secret", challenge.salt(), challenge.iterations());
        last.proof(formatter.clientProof(salted, first, challenge, last));
        return ((SaslStep.Completed) step(exchange, last.toBytes())).result();
    }

    @Test
    void aLongMessageIsRefusedAndTheLongestThatIsNotNeedsNoDeepStack() throws Exception {
        String longest = "n,,n=" + "x".repeat(ScramLogin.MAX_MESSAGE_BYTES - 11) + ",r=abc";
        Thread small = new Thread(
                null,
                () -> assertThat(login(longest)).isInstanceOf(SaslStep.Challenge.class),
                "a small stack",
                512 * 1024);
        List<Throwable> failures = new ArrayList<>();
        small.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));

        small.start();
        small.join();

        assertThat(failures).isEmpty();
        assertThat(login(longest + "d")).isInstanceOf(SaslStep.Completed.class);
    }

    private SaslStep login(String first) {
        try {
            return step(harness.begin("SCRAM-SHA-256"), first.getBytes(StandardCharsets.UTF_8));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anAccountThatChangesDuringTheExchangeIsNotLetIn() throws Exception {
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_256;
        accounts.put("alice", verifierOnly(mechanism, "secret", 4096));
        ScramSaslClient client = client(mechanism, "alice", "secret", Map.of());
        SaslExchange exchange = harness.begin(mechanism.mechanismName());
        SaslStep challenge = step(exchange, client.evaluateChallenge(new byte[0]));

        accounts.put("alice", new Account(null, Map.of(), null, null, true));
        SaslStep end = step(exchange, client.evaluateChallenge(((SaslStep.Challenge) challenge).token()));

        assertThat(((SaslStep.Completed) end).result()).isInstanceOf(AuthenticationResult.Unavailable.class);
    }

    @Test
    void theWrongUserIsNeverAuthenticatedWhateverHappensAtOnce() throws Exception {
        int users = 20;
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_256;
        for (int i = 0; i < users; i++) {
            accounts.put(
                    "user-" + i,
                    i % 2 == 0 ? account("password-" + i) : verifierOnly(mechanism, "password-" + i, 4096));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> attempts = new ArrayList<>();
        Random random = new Random(45);
        for (int i = 0; i < 400; i++) {
            int user = random.nextInt(users);
            int password = random.nextInt(3) == 0 ? random.nextInt(users) : user;
            attempts.add(threads.submit(() -> {
                Attempt attempt = login(mechanism, "user-" + user, "password-" + password);
                if (user == password) {
                    assertThat(authenticated(attempt).identifier()).isEqualTo("user-" + user);
                    return;
                }
                assertThat(attempt.result()).isInstanceOf(AuthenticationResult.Rejected.class);
            }));
        }

        for (Future<?> attempt : attempts) {
            attempt.get();
        }
        threads.shutdownNow();
    }

    @Test
    void verifiersAreValidatedAndNeverQuoted() {
        AccountKind kind = new AccountKind();
        String good = ScramVerifier.derive(ScramMechanism.SCRAM_SHA_256, "secret", 4096);

        assertThat(problem(kind, "SCRAM-SHA-1", good)).contains("SCRAM-SHA-1").contains("SCRAM-SHA-256");
        assertThat(problem(kind, "SCRAM-SHA-512", good)).contains("keys of 64 bytes");
        assertThat(problem(kind, "SCRAM-SHA-256", "c2VjcmV0"))
                .doesNotContain("c2VjcmV0")
                .contains("expected: salt=");
        assertThat(problem(kind, "SCRAM-SHA-256", good.replace("=4096", "=4095")))
                .contains("4095 iterations (expected: 4096-16384)");
        assertThat(new Account("secret", Map.of("SCRAM-SHA-256", good), null, null, true).toString())
                .doesNotContain("secret")
                .doesNotContain("stored_key");
    }

    private static String problem(AccountKind kind, String mechanism, String verifier) {
        return kind.validate("alice", new Account(null, Map.of(mechanism, verifier), null, null, true)).stream()
                .map(problem -> problem.path() + ": " + problem.message())
                .reduce((one, two) -> one + two)
                .orElse("");
    }

    @Test
    void onlyTheConfiguredMechanismsAreOffered() {
        try (AuthenticatorHarness plainOnly =
                AuthenticatorHarness.of(new PlainAuthenticatorFactory(), Configs.plain(1, 4))) {
            assertThatThrownBy(() -> plainOnly.begin("SCRAM-SHA-256")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new HashSet<>(List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")))
                .allSatisfy(mechanism -> assertThat(harness.begin(mechanism)).isNotNull());
    }

    @Test
    void aKeyThatHasToBeSharedIsNotMadeUp() {
        assertThatThrownBy(() -> new PlainConfig(
                        Set.of(Mechanism.PLAIN, Mechanism.SCRAM_SHA_256),
                        Optional.empty(),
                        4,
                        4096,
                        Optional.empty(),
                        Optional.empty()))
                .hasMessageStartingWith("scramSaltSecret: missing (expected: at least 32 random characters");
    }
}
