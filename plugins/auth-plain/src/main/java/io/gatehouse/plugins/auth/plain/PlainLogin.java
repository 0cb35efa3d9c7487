/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import com.nimbusds.jwt.JWTClaimsSet;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * SASL/PLAIN over accounts. A password that was right before is known again on the event loop, by a fast keyed hash; every other one waits
 * for its turn in the {@link FairQueue}. Thread-safe.
 *
 * <p>Every refusal has the same message for the client and takes the time of one slow hash, except that a malformed message is refused at
 * once: what it says has nothing to do with any account.
 */
final class PlainLogin {

    /** Kafka's own words. */
    static final String CLIENT_MESSAGE = "Authentication failed: Invalid username or password";

    private final Accounts accounts;
    private final PasswordVerifier verifier;
    private final FairQueue queue;
    private final @Nullable Tokens tokens;
    private final SuccessCache successes = new SuccessCache();

    /** @param tokens null when none are taken */
    PlainLogin(Accounts accounts, PasswordVerifier verifier, FairQueue queue, @Nullable Tokens tokens) {
        this.accounts = accounts;
        this.verifier = verifier;
        this.queue = queue;
        this.tokens = tokens;
    }

    /** An account has changed, come or gone. */
    void changed(String name) {
        successes.forget(name);
    }

    SaslExchange begin(ConnectionInfo connection) {
        return new Exchange(connection.remoteAddress().getAddress());
    }

    private final class Exchange implements SaslExchange {
        private final InetAddress from;
        private volatile boolean over;

        private Exchange(InetAddress from) {
            this.from = from;
        }

        @Override
        public CompletionStage<SaslStep> evaluate(byte[] token) {
            PlainMessage message;
            try {
                message = PlainMessage.parse(token);
            } catch (PlainMessage.MalformedException e) {
                return CompletableFuture.completedFuture(
                        SaslStep.completed(rejected("malformed PLAIN message: " + e.getMessage())));
            }
            Optional<KnownAccount> account = accounts.usable(message.username());
            if (account.isPresent() && successes.knows(account.get(), message.password())) {
                message.wipe();
                return CompletableFuture.completedFuture(SaslStep.completed(authenticated(account.get())));
            }
            CompletableFuture<SaslStep> step = new CompletableFuture<>();
            try {
                queue.execute(from, () -> verify(message, step), full -> refuse(message, step, full));
            } catch (RejectedExecutionException e) {
                refuse(message, step, e);
            }
            return step;
        }

        private void refuse(PlainMessage message, CompletableFuture<SaslStep> step, RejectedExecutionException full) {
            message.wipe();
            step.complete(SaslStep.completed(new AuthenticationResult.Unavailable(
                    "too many passwords wait to be checked: " + full.getMessage())));
        }

        private void verify(PlainMessage message, CompletableFuture<SaslStep> step) {
            try {
                // Who has gone gets no hash: a flood must not go on after its senders.
                step.complete(SaslStep.completed(
                        over ? new AuthenticationResult.Unavailable("the client has gone") : result(message)));
            } catch (RuntimeException | Error e) {
                step.completeExceptionally(e);
            } finally {
                message.wipe();
            }
        }

        @Override
        public void close() {
            over = true;
        }
    }

    private AuthenticationResult result(PlainMessage message) {
        String username = message.username();
        Optional<KnownAccount> found = accounts.usable(username);
        if (found.isEmpty()) {
            String reason = accounts.find(username).isPresent() ? "is disabled" : "does not exist";
            verifier.refused(message.password(), reason);
            return rejected("account " + LogText.quoted(username) + " " + reason);
        }
        KnownAccount account = found.get();
        if (tokens != null && Tokens.looksLikeOne(message.password())) {
            return resultOfToken(account, tokens, message.password());
        }
        // Of a thousand connections that came at once the first one made the hash for all.
        if (successes.knows(account, message.password())) {
            return authenticated(account);
        }
        Optional<String> refusal = verifier.refusal(account, message.password());
        if (refusal.isPresent()) {
            return rejected("account " + LogText.quoted(username) + ": " + refusal.get());
        }
        successes.remember(account, message.password());
        if (!accounts.isCurrent(account)) {
            // Changed while the hash was made: what was true is not what counts now. The client comes again.
            successes.forget(username);
            return new AuthenticationResult.Unavailable(
                    "account " + LogText.quoted(username) + " has changed meanwhile");
        }
        return authenticated(account);
    }

    private AuthenticationResult resultOfToken(KnownAccount account, Tokens issued, byte[] password) {
        try {
            JWTClaimsSet claims = issued.verify(account, new String(password, StandardCharsets.UTF_8));
            return new AuthenticationResult.Authenticated(builder(account)
                    .claims(claims.toJSONObject())
                    .expiry(claims.getExpirationTime().toInstant())
                    .build());
        } catch (Tokens.RefusedException e) {
            verifier.refused(password, e.getMessage());
            return rejected("account " + LogText.quoted(account.name()) + ": " + e.getMessage());
        }
    }

    private static AuthenticationResult rejected(String reason) {
        return new AuthenticationResult.Rejected(CLIENT_MESSAGE, reason);
    }

    private static AuthenticationResult authenticated(KnownAccount account) {
        return new AuthenticationResult.Authenticated(builder(account).build());
    }

    private static Authentication.Builder builder(KnownAccount account) {
        return Authentication.of(Mechanism.PLAIN.saslName(), account.name())
                .virtualCluster(account.spec().virtualCluster());
    }
}
