/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SASL/SCRAM (RFC 5802, RFC 7677) over accounts. Thread-safe.
 *
 * <p>Nobody can tell from it which names are accounts. A name that is none, that is disabled or that has no verifier gets a challenge like
 * any other, with a salt and an iteration count that are always the same for it. Every refusal has the same message and takes the time of
 * one derivation; only a success with a verifier that is there is known on the event loop, in microseconds.
 */
final class ScramLogin {

    /** More than any client sends. Kafka's patterns for these messages need stack in proportion. */
    static final int MAX_MESSAGE_BYTES = 1024;

    private static final Logger log = LoggerFactory.getLogger(ScramLogin.class);

    private final ScramMechanism mechanism;
    private final Accounts accounts;
    private final Salts salts;
    private final int iterations;
    private final FairQueue queue;

    /** @param iterations of verifiers that are derived from clear text */
    ScramLogin(ScramMechanism mechanism, Accounts accounts, Salts salts, int iterations, FairQueue queue) {
        this.mechanism = mechanism;
        this.accounts = accounts;
        this.salts = salts;
        this.iterations = iterations;
        this.queue = queue;
    }

    SaslExchange begin(ConnectionInfo connection) {
        return new Exchange(connection.remoteAddress().getAddress());
    }

    /** One exchange; steps come one after the other, whichever threads they run on. */
    private final class Exchange implements SaslExchange {
        private final InetAddress from;
        private @Nullable ScramConversation conversation;
        private @Nullable KnownAccount account;
        private volatile boolean over;

        private Exchange(InetAddress from) {
            this.from = from;
        }

        @Override
        public CompletionStage<SaslStep> evaluate(byte[] message) {
            if (message.length > MAX_MESSAGE_BYTES) {
                return CompletableFuture.completedFuture(rejected(
                        "a message of " + message.length + " bytes (expected: at most " + MAX_MESSAGE_BYTES + ")"));
            }
            ScramConversation begun = conversation;
            return begun == null ? CompletableFuture.completedFuture(first(message)) : last(begun, message);
        }

        private SaslStep first(byte[] message) {
            try {
                ScramConversation begun = new ScramConversation(mechanism, message);
                account = accounts.find(begun.username()).orElse(null);
                conversation = begun;
                return new SaslStep.Challenge(challenge(begun, account));
            } catch (SaslException e) {
                return rejected("malformed SCRAM message: " + LogText.quoted(String.valueOf(e.getMessage())));
            }
        }

        private CompletionStage<SaslStep> last(ScramConversation begun, byte[] message) {
            ScramCredential verifier = account == null ? null : account.scram(mechanism);
            if (verifier != null) {
                Optional<SaslStep> success = success(begun, message, verifier);
                if (success.isPresent()) {
                    return CompletableFuture.completedFuture(success.get());
                }
            }
            CompletableFuture<SaslStep> step = new CompletableFuture<>();
            try {
                queue.execute(from, () -> slowly(begun, message, verifier != null, step), full -> refuse(step, full));
            } catch (RejectedExecutionException e) {
                refuse(step, e);
            }
            return step;
        }

        private static void refuse(CompletableFuture<SaslStep> step, RejectedExecutionException full) {
            step.complete(SaslStep.completed(
                    new AuthenticationResult.Unavailable("too many logins wait to be checked: " + full.getMessage())));
        }

        private void slowly(ScramConversation begun, byte[] message, boolean failed, CompletableFuture<SaslStep> step) {
            try {
                // Who has gone gets nothing derived: a flood must not go on after its senders.
                step.complete(
                        over
                                ? SaslStep.completed(new AuthenticationResult.Unavailable("the client has gone"))
                                : slowResult(begun, message, failed));
            } catch (RuntimeException | Error e) {
                step.completeExceptionally(e);
            }
        }

        /** @param failed whether the message has been found wrong already */
        private SaslStep slowResult(ScramConversation begun, byte[] message, boolean failed) {
            boolean derived = false;
            if (!failed && account != null) {
                // Of a thousand connections that came at once the first one derived it for all.
                ScramCredential verifier = account.scram(mechanism);
                if (verifier == null) {
                    verifier = derive(account);
                    derived = verifier != null;
                }
                Optional<SaslStep> success = verifier == null ? Optional.empty() : success(begun, message, verifier);
                if (success.isPresent()) {
                    return success.get();
                }
            }
            if (!derived) {
                ScramVerifier.derive(mechanism, "for the time it takes", begun.salt(), begun.iterations());
            }
            return rejected(reason(begun.username()));
        }

        /** The end of the exchange when the client's proof is right and its account is one that may connect. */
        private Optional<SaslStep> success(ScramConversation begun, byte[] message, ScramCredential verifier) {
            Optional<byte[]> last = begun.answer(message, verifier);
            if (last.isEmpty() || account == null || !account.spec().enabled()) {
                return Optional.empty();
            }
            if (!accounts.isCurrent(account)) {
                return Optional.of(SaslStep.completed(new AuthenticationResult.Unavailable(
                        "account " + LogText.quoted(account.name()) + " has changed meanwhile")));
            }
            Authentication authentication = Authentication.of(mechanism.mechanismName(), account.name())
                    .virtualCluster(account.spec().virtualCluster())
                    .build();
            return Optional.of(
                    new SaslStep.Completed(last.get(), new AuthenticationResult.Authenticated(authentication)));
        }

        private String reason(String name) {
            String who = "account " + LogText.quoted(name);
            if (account == null) {
                return who + " does not exist";
            }
            if (!account.spec().enabled()) {
                return who + " is disabled";
            }
            if (account.scram(mechanism) == null) {
                return who + " has no verifier for " + mechanism.mechanismName()
                        + " (expected: spec.scram, or a password in clear text to derive it from)";
            }
            return who + ": wrong password";
        }

        @Override
        public void close() {
            over = true;
        }
    }

    private SaslStep rejected(String reason) {
        // Kafka's own words.
        return SaslStep.completed(new AuthenticationResult.Rejected(
                "Authentication failed during authentication due to invalid credentials with SASL mechanism "
                        + mechanism.mechanismName(),
                reason));
    }

    /** Deriving a verifier from clear text takes milliseconds, and is not needed for the challenge. */
    private byte[] challenge(ScramConversation begun, @Nullable KnownAccount account) {
        ScramCredential verifier = account == null ? null : account.scram(mechanism);
        if (verifier != null) {
            return begun.challenge(verifier.salt(), verifier.iterations());
        }
        byte[] salt = salt(begun.username());
        if (account != null && account.mayBeClearText()) {
            return begun.challenge(salt, iterations);
        }
        double place = salts.place(mechanism.mechanismName(), begun.username());
        return begun.challenge(salt, accounts.iterations(mechanism, place));
    }

    private byte[] salt(String name) {
        return salts.salt(mechanism.mechanismName(), name);
    }

    /** The verifier of a password in clear text; null when there is none. */
    private @Nullable ScramCredential derive(KnownAccount account) {
        if (!account.mayBeClearText()) {
            return null;
        }
        try {
            String password = account.password();
            if (PasswordHash.isOne(password)) {
                return null;
            }
            ScramCredential derived = ScramVerifier.derive(mechanism, password, salt(account.name()), iterations);
            account.scram(mechanism, derived);
            return derived;
        } catch (IllegalArgumentException e) {
            log.debug("Account {}: its password: {}", account.name(), e.getMessage());
            return null;
        }
    }
}
