/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticationResult.Rejected;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * SASL/OAUTHBEARER. Tokens are verified in a pool of its own, since keys may have to be fetched. A refusal is first a JSON object in the
 * form of RFC 7628, 3.2.2, which the client confirms with the byte 1, as brokers do it. Thread-safe.
 */
final class OAuthAuthenticator implements SaslAuthenticator {

    static final String MECHANISM = "OAUTHBEARER";

    private static final int THREADS = 2;

    private final TokenVerifier verifier;
    private final ExecutorService pool;
    private final boolean forwards;
    private final boolean groups;

    OAuthAuthenticator(OAuthConfig config, AuthenticatorContext context) {
        this.verifier = new TokenVerifier(config);
        this.forwards = config.mediation() == Mediation.VALIDATE_FORWARD;
        this.groups = config.groupsClaim().isPresent();
        this.pool = context.plugin().executor("tokens-" + context.name(), THREADS);
    }

    @Override
    public Set<String> mechanisms() {
        return Set.of(MECHANISM);
    }

    /** By its issuer, as it says itself: whether it is true is what this authenticator then finds out. */
    @Override
    public boolean isFor(String mechanism, byte[] message) {
        try {
            return verifier.isFor(BearerMessage.parse(message).token());
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    @Override
    public boolean yieldsGroups() {
        return groups;
    }

    @Override
    public boolean forwardsToBroker() {
        return forwards;
    }

    @Override
    public SaslExchange begin(String mechanism, ConnectionInfo connection) {
        return new Exchange();
    }

    @Override
    public void close() {
        try {
            verifier.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Exchange implements SaslExchange {

        private @Nullable Rejected refusal;

        @Override
        public CompletionStage<SaslStep> evaluate(byte[] token) {
            Rejected told = refusal;
            if (told != null) {
                return CompletableFuture.completedFuture(SaslStep.completed(told));
            }
            BearerMessage message;
            try {
                message = BearerMessage.parse(token);
            } catch (IllegalArgumentException e) {
                return CompletableFuture.completedFuture(refuse(
                        new Rejected(TokenVerifier.INVALID_TOKEN, "malformed OAUTHBEARER message: " + e.getMessage())));
            }
            try {
                return CompletableFuture.supplyAsync(
                                () -> verifier.verify(message.token(), message.authorizationId()), pool)
                        .thenApply(this::step);
            } catch (RejectedExecutionException e) {
                return CompletableFuture.completedFuture(SaslStep.completed(new AuthenticationResult.Unavailable(
                        "too many tokens wait to be verified: " + e.getMessage())));
            }
        }

        private SaslStep step(AuthenticationResult result) {
            return result instanceof Rejected rejected ? refuse(rejected) : SaslStep.completed(result);
        }

        private SaslStep refuse(Rejected rejected) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("status", rejected.message());
            if (!verifier.requiredScopes().isEmpty()) {
                error.put("scope", verifier.requiredScopes());
            }
            String json = JSONObjectUtils.toJSONString(error);
            refusal = new Rejected(json, rejected.reason());
            return new SaslStep.Challenge(json.getBytes(StandardCharsets.UTF_8));
        }
    }
}
