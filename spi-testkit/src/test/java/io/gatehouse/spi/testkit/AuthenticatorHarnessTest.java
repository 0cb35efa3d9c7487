/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AuthenticatorHarnessTest {

    private static final Authentication ALICE =
            Authentication.of("test", "alice").build();

    private final List<String> events = new ArrayList<>();

    /** A mechanism TEST whose exchange answers each message by a function. */
    private AuthenticatorHarness harness(Function<String, CompletionStage<SaslStep>> answer) {
        class TestAuthenticator implements SaslAuthenticator {
            @Override
            public Set<String> mechanisms() {
                return Set.of("TEST");
            }

            @Override
            public SaslExchange begin(String mechanism, io.gatehouse.spi.ConnectionInfo connection) {
                return new SaslExchange() {
                    @Override
                    public CompletionStage<SaslStep> evaluate(byte[] token) {
                        return answer.apply(new String(token, StandardCharsets.UTF_8));
                    }

                    @Override
                    public void close() {
                        events.add("exchange closed");
                    }
                };
            }

            @Override
            public CompletionStage<Optional<Authentication>> refresh(Authentication earlier) {
                return earlier.identifier().equals("alice")
                        ? CompletableFuture.completedFuture(Optional.of(earlier))
                        : CompletableFuture.failedFuture(new IllegalStateException("away"));
            }

            @Override
            public void close() {
                events.add("authenticator closed");
            }
        }
        return AuthenticatorHarness.of(
                new AuthenticatorFactory<NoConfig>() {
                    @Override
                    public String name() {
                        return "test";
                    }

                    @Override
                    public Class<NoConfig> configType() {
                        return NoConfig.class;
                    }

                    @Override
                    public Authenticator create(NoConfig config, AuthenticatorContext context) {
                        context.changed();
                        return new TestAuthenticator();
                    }
                },
                new NoConfig());
    }

    private static CompletionStage<SaslStep> now(SaslStep step) {
        return CompletableFuture.completedFuture(step);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void anExchangeRunsToItsEndAndIsClosed() {
        AuthenticatorHarness harness = harness(message -> now(
                message.equals("second")
                        ? SaslStep.completed(new AuthenticationResult.Authenticated(ALICE))
                        : new SaslStep.Challenge(bytes("more"))));

        AuthenticationResult result = harness.sasl("TEST", bytes("first"), bytes("second"), bytes("unsent"));
        harness.close();

        assertThat(result).isEqualTo(new AuthenticationResult.Authenticated(ALICE));
        assertThat(harness.changes()).isEqualTo(1);
        assertThat(events).containsExactly("exchange closed", "authenticator closed");
    }

    @Test
    void anExchangeThatWantsMoreThanTheTestSaysFailsTheTest() {
        AuthenticatorHarness harness = harness(message -> now(new SaslStep.Challenge(bytes("more"))));

        assertThatThrownBy(() -> harness.sasl("TEST", bytes("first")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the exchange goes on after 1 messages");
    }

    @Test
    void failingAndBeingLateMayPass() {
        List<AuthenticationResult> results = List.of(
                harness(message -> new CompletableFuture<>())
                        .deadline(Duration.ofMillis(20))
                        .sasl("TEST", bytes("first")),
                harness(message -> CompletableFuture.failedFuture(new IllegalStateException("away")))
                        .sasl("TEST", bytes("first")),
                harness(message -> {
                            throw new IllegalStateException("oops");
                        })
                        .sasl("TEST", bytes("first")));

        assertThat(results).hasOnlyElementsOfType(AuthenticationResult.Unavailable.class);
    }

    @Test
    void whatIsNotOfferedIsAMistakeOfTheTest() {
        AuthenticatorHarness harness = harness(message -> now(new SaslStep.Challenge(bytes("more"))));

        assertThatThrownBy(() -> harness.begin("PLAIN")).hasMessage("mechanism: PLAIN (expected: one of [TEST])");
        assertThatThrownBy(harness::tls).hasMessageContaining("expected: a TlsAuthenticator");
    }

    @Test
    void aRefreshThatFailsCloses() {
        AuthenticatorHarness harness = harness(message -> now(new SaslStep.Challenge(bytes("more"))));

        assertThat(harness.refresh(ALICE)).contains(ALICE);
        assertThat(harness.refresh(Authentication.of("test", "bob").build())).isEmpty();
    }
}
