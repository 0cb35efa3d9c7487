/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.junit.jupiter.api.Test;

/** What becomes of accounts that are written through an API. */
class AccountKindTest {

    private final AccountKind kind = new AccountKind();

    private static Account account(String password) {
        return new Account(password, Map.of(), null, "team-a", true);
    }

    @Test
    void clearTextBecomesAHashAndAVerifierForEachMechanism() {
        Account stored = kind.beforeStoring("alice", account("secret"));

        assertThat(PasswordHash.matches("secret".getBytes(), stored.password())).isTrue();
        assertThat(stored.scram()).containsOnlyKeys("SCRAM-SHA-256", "SCRAM-SHA-512");
        assertThat(stored.scram().toString()).doesNotContain("secret");
        assertThat(stored.virtualCluster()).isEqualTo("team-a");
        assertThat(kind.validate("alice", stored)).isEmpty();
    }

    @Test
    void whatIsStoredStaysAsItIs() {
        Account stored = kind.beforeStoring("alice", account("secret"));

        assertThat(kind.beforeStoring("alice", stored)).isEqualTo(stored);
        assertThat(kind.beforeStoring("alice", stored, Optional.of(stored))).isEqualTo(stored);
    }

    @Test
    void writingTheSamePasswordAgainChangesNothing() {
        Account stored = kind.beforeStoring("alice", account("secret"));

        assertThat(kind.beforeStoring("alice", account("secret"), Optional.of(stored)))
                .isEqualTo(stored);
    }

    @Test
    void anotherPasswordChangesHashAndVerifiersButNotWhichTokensAreTaken() {
        Account stored = kind.beforeStoring("alice", account("secret"));

        Account changed = kind.beforeStoring("alice", account("other"), Optional.of(stored));

        assertThat(PasswordHash.matches("other".getBytes(), changed.password())).isTrue();
        assertThat(changed.scram().values())
                .doesNotContainAnyElementsOf(stored.scram().values());
        assertThat(changed.tokens()).isEqualTo(stored.tokens());
    }

    @Test
    void aPasswordThatIsChangedInWhatWasReadBackLeavesNoVerifierOfTheOldOne() {
        Account stored = kind.beforeStoring("alice", account("secret"));

        Account changed =
                kind.beforeStoring("alice", stored.withPassword("other", stored.scram()), Optional.of(stored));

        for (ScramMechanism mechanism : ScramMechanism.values()) {
            String verifier = changed.scram().get(mechanism.mechanismName());
            assertThat(ScramVerifier.matches(mechanism, "other", verifier)).isTrue();
            assertThat(ScramVerifier.matches(mechanism, "secret", verifier)).isFalse();
        }
    }

    @Test
    void aHashThatIsChangedInWhatWasReadBackLeavesOnlyVerifiersThatWereWrittenWithIt() {
        Account stored = kind.beforeStoring("alice", account("secret"));
        String hash = PasswordHash.of("other", PasswordHash.MIN_COST);
        String written = ScramVerifier.derive(ScramMechanism.SCRAM_SHA_512, "other", ScramVerifier.MIN_ITERATIONS);
        Map<String, String> half =
                Map.of("SCRAM-SHA-256", stored.scram().get("SCRAM-SHA-256"), "SCRAM-SHA-512", written);

        Account without = kind.beforeStoring("alice", stored.withPassword(hash, stored.scram()), Optional.of(stored));
        Account withOne = kind.beforeStoring("alice", stored.withPassword(hash, half), Optional.of(stored));

        assertThat(without.password()).isEqualTo(hash);
        assertThat(without.scram()).isEmpty();
        assertThat(withOne.scram()).isEqualTo(Map.of("SCRAM-SHA-512", written));
    }

    @Test
    void anAccountTakesTokensFromWhenItWasStoredFirst() {
        Account stored = kind.beforeStoring("alice", account("secret"));

        assertThat(stored.tokens().time()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        AccountTokens own = new AccountTokens("2030-01-01T00:00:00Z");
        assertThat(kind.beforeStoring("alice", account("secret").withTokens(own))
                        .tokens())
                .isEqualTo(own);
    }

    @Test
    void thePlaceholderOfAnOperatorsFileStaysAndNoOtherComesIn() {
        Account inFile = account("${env:PATH}");

        assertThat(kind.beforeStoring("alice", inFile, Optional.of(inFile)).password())
                .isEqualTo("${env:PATH}");
        assertThatThrownBy(() -> kind.beforeStoring("alice", account("${file:/etc/hostname}"), Optional.of(inFile)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("password: a placeholder");
    }
}
