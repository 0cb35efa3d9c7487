/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.plugins.Hosted;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's SASL authenticator, called through its guard. Whoever calls it, or the exchange that it begins, holds a lease. Thread-safe.
 */
final class GuardedAuthenticator implements SaslAuthenticator {

    private final Hosted<Authenticator> hosted;
    private final SaslAuthenticator authenticator;
    private final Set<String> mechanisms;

    private GuardedAuthenticator(Hosted<Authenticator> hosted, SaslAuthenticator authenticator) {
        this.hosted = hosted;
        this.authenticator = authenticator;
        this.mechanisms =
                hosted.guard().call("mechanisms", () -> Set.copyOf(authenticator.mechanisms()), failure -> Set.of());
    }

    static Authenticator of(Hosted<Authenticator> hosted) {
        return hosted.value() instanceof SaslAuthenticator sasl
                ? new GuardedAuthenticator(hosted, sasl)
                : hosted.value();
    }

    @Override
    public Set<String> mechanisms() {
        return mechanisms;
    }

    @Override
    public @Nullable SaslExchange begin(String mechanism, ConnectionInfo connection) {
        SaslExchange exchange =
                hosted.guard().call("begin", () -> authenticator.begin(mechanism, connection), failure -> null);
        return exchange == null ? null : new Exchange(exchange);
    }

    @Override
    public CompletionStage<Optional<Authentication>> refresh(Authentication earlier) {
        return hosted.guard()
                .call(
                        "refresh",
                        () -> Objects.requireNonNull(authenticator.refresh(earlier), "refresh returned null"),
                        CompletableFuture::failedFuture);
    }

    private final class Exchange implements SaslExchange {
        private final SaslExchange exchange;

        private Exchange(SaslExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public CompletionStage<SaslStep> evaluate(byte[] token) {
            return hosted.guard().call("evaluate", () -> exchange.evaluate(token), CompletableFuture::failedFuture);
        }

        @Override
        public void close() {
            hosted.guard().run("close of an exchange", exchange::close);
        }
    }
}
