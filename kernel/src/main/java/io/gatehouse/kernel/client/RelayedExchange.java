/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Authenticated;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslObserver;
import io.gatehouse.spi.authentication.SaslStep;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A SASL exchange between a client and its broker, relayed message by message. Who the client is, an observer learns; that it is so, the
 * broker says; for how long, too. What the client claims beyond its name is not shown to anybody. Belongs to the connection's event loop.
 */
final class RelayedExchange implements SaslExchange {

    private final String mechanism;
    private final SaslObserver observer;
    private final BrokerLogin broker;

    RelayedExchange(String mechanism, SaslObserver observer, BrokerLogin broker) {
        this.mechanism = mechanism;
        this.observer = observer;
        this.broker = broker;
    }

    @Override
    public CompletionStage<SaslStep> evaluate(byte[] token) {
        try {
            observer.clientMessage(token);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(
                    SaslStep.completed(new Rejected("", String.valueOf(e.getMessage()))));
        }
        return broker.authenticate(token).thenApply(this::step);
    }

    private SaslStep step(SaslAuthenticateResponseData answer) {
        Rejected rejected = refusal(answer);
        if (rejected != null) {
            return SaslStep.completed(rejected);
        }
        Optional<String> identifier;
        try {
            identifier = observer.brokerMessage(answer.authBytes());
        } catch (IllegalArgumentException e) {
            return SaslStep.completed(new Rejected("", String.valueOf(e.getMessage())));
        }
        if (identifier.isEmpty()) {
            return new SaslStep.Challenge(answer.authBytes());
        }
        AuthenticationResult result = new Authenticated(Authentication.of(mechanism, identifier.get())
                .expiry(end(answer))
                .build());
        return new SaslStep.Completed(answer.authBytes(), result);
    }

    /** What the broker says to the client when it refuses; null when it does not. */
    static @Nullable Rejected refusal(SaslAuthenticateResponseData answer) {
        if (answer.errorCode() == Errors.NONE.code()) {
            return null;
        }
        String message = answer.errorMessage() == null ? "" : answer.errorMessage();
        return new Rejected(message, "the broker answers " + Errors.forCode(answer.errorCode()) + ": " + message);
    }

    /** When the broker ends the session; null when it does not. */
    static @Nullable Instant end(SaslAuthenticateResponseData answer) {
        return answer.sessionLifetimeMs() > 0 ? Instant.now().plusMillis(answer.sessionLifetimeMs()) : null;
    }

    @Override
    public void close() {
        observer.close();
    }
}
