/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.identity.PrincipalExtractor;
import io.gatehouse.spi.identity.PrincipalExtractorFactory;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.identity.UserMappingStoreFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class IdentityHarnessesTest {

    private static final Authentication ALICE =
            Authentication.of("plain", "alice").build();

    private static PrincipalExtractorHarness extracting(PrincipalExtractor extractor) {
        return PrincipalExtractorHarness.of(
                new PrincipalExtractorFactory<NoConfig>() {
                    @Override
                    public String name() {
                        return "lambda";
                    }

                    @Override
                    public Class<NoConfig> configType() {
                        return NoConfig.class;
                    }

                    @Override
                    public PrincipalExtractor create(NoConfig config, PluginContext context) {
                        return extractor;
                    }
                },
                new NoConfig());
    }

    private static UserMappingStoreHarness storing(UserMappingStore store) {
        return UserMappingStoreHarness.of(
                new UserMappingStoreFactory<NoConfig>() {
                    @Override
                    public String name() {
                        return "lambda";
                    }

                    @Override
                    public Class<NoConfig> configType() {
                        return NoConfig.class;
                    }

                    @Override
                    public UserMappingStore create(NoConfig config, PluginContext context, Runnable changed) {
                        changed.run();
                        return store;
                    }
                },
                new NoConfig());
    }

    @Test
    void aPrincipalIsExtracted() {
        try (PrincipalExtractorHarness harness =
                extracting(from -> CompletableFuture.completedFuture("user-" + from.identifier()))) {
            assertThat(harness.extract(ALICE)).contains("user-alice");
            assertThat(harness.failure()).isEmpty();
        }
    }

    @Test
    void whatIsNoPrincipalRefuses() {
        assertRefuses(extracting(from -> CompletableFuture.completedFuture("")), "principal: ''");
        assertRefuses(extracting(from -> CompletableFuture.completedFuture(User.ANONYMOUS)), "principal: 'ANONYMOUS'");
        assertRefuses(extracting(from -> CompletableFuture.completedFuture(null)), "answered null");
        assertRefuses(extracting(from -> null), "threw java.lang.NullPointerException");
        assertRefuses(
                extracting(from -> CompletableFuture.failedFuture(new IllegalStateException("away"))), "failed: ");
        assertRefuses(extracting(from -> new CompletableFuture<>()), "no answer within PT0.02S");
        assertRefuses(
                extracting(from -> {
                    throw new IllegalStateException("oops");
                }),
                "threw java.lang.IllegalStateException: oops");
    }

    private static void assertRefuses(PrincipalExtractorHarness harness, String reason) {
        try (harness) {
            assertThat(harness.deadline(Duration.ofMillis(20)).extract(ALICE)).isEmpty();
            assertThat(harness.failure().orElseThrow()).startsWith(reason);
        }
    }

    @Test
    void aMappingAndItsAbsenceAreAnswers() {
        UserMapping mapping = UserMapping.of("m", "al", "team-a", Set.of());
        try (UserMappingStoreHarness harness = storing((authentication, principal) -> CompletableFuture.completedFuture(
                principal.equals("alice") ? Optional.of(mapping) : Optional.empty()))) {
            assertThat(harness.find("plain", "alice").mapping()).contains(mapping);
            assertThat(harness.find("plain", "bob").mapping()).isEmpty();
            assertThat(harness.find("plain", "bob").refuses()).isFalse();
            assertThat(harness.changes()).isEqualTo(1);
        }
    }

    @Test
    void aStoreThatCannotSayRefuses() {
        assertRefuses(storing((authentication, principal) -> new CompletableFuture<>()), "no answer within PT0.02S");
        assertRefuses(
                storing((authentication, principal) ->
                        CompletableFuture.failedFuture(new IllegalStateException("away"))),
                "failed: java.lang.IllegalStateException: away");
        assertRefuses(storing((authentication, principal) -> CompletableFuture.completedFuture(null)), "answered null");
        assertRefuses(
                storing((authentication, principal) -> {
                    throw new IllegalStateException("oops");
                }),
                "threw java.lang.IllegalStateException: oops");
    }

    private static void assertRefuses(UserMappingStoreHarness harness, String reason) {
        try (harness) {
            UserMappingStoreHarness.Answer answer =
                    harness.deadline(Duration.ofMillis(20)).find("plain", "alice");
            assertThat(answer.refuses()).isTrue();
            assertThat(answer.failure().orElseThrow()).startsWith(reason);
        }
    }
}
