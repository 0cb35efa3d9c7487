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
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SASL/SCRAM (RFC 5802, RFC 7677) over accounts, with Kafka's own {@link ScramSaslServer}. Thread-safe.
 *
 * <p>Nobody can tell from it which names are accounts. A name that is none, that is disabled or that has no verifier gets a challenge like
 * any other, with a salt and an iteration count that are always the same for it. Every refusal has the same message and takes the time of
 * one derivation; only a success with a verifier that is there is known on the event loop, in microseconds.
 */
final class ScramLogin {

    /** More than any client sends. Kafka's patterns for these messages need stack in proportion. */
    static final int MAX_MESSAGE_BYTES = 1024;

    private static final Logger log = LoggerFactory.getLogger(ScramLogin.class);
    private static final byte[] NONE = new byte[0];

    private final ScramMechanism mechanism;
    private final Accounts accounts;
    private final Salts salts;
    private final int iterations;
    private final FairQueue queue;
    private final SecureRandom random = new SecureRandom();

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
        private final ScramSaslServer server;
        private String name = "";
        private @Nullable ScramCredential credential;
        private @Nullable KnownAccount account;
        private boolean challenged;
        private volatile boolean over;

        private Exchange(InetAddress from) {
            this.from = from;
            try {
                this.server = new ScramSaslServer(mechanism, Map.of(), this::handle);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JVM has the algorithms of " + mechanism, e);
            }
        }

        /** The server asks for a name's credential. Delegation tokens (KIP-48) are not known here, and get none. */
        private void handle(Callback[] callbacks) {
            for (Callback callback : callbacks) {
                if (callback instanceof NameCallback nameCallback) {
                    name = nameCallback.getDefaultName();
                } else if (callback instanceof ScramCredentialCallback credentialCallback
                        && callback.getClass() == ScramCredentialCallback.class) {
                    account = accounts.find(name).orElse(null);
                    credential = account == null ? phantom(name) : credential(account);
                    credentialCallback.scramCredential(credential);
                }
            }
        }

        @Override
        public CompletionStage<SaslStep> evaluate(byte[] message) {
            if (message.length > MAX_MESSAGE_BYTES) {
                return CompletableFuture.completedFuture(rejected(
                        "a message of " + message.length + " bytes (expected: at most " + MAX_MESSAGE_BYTES + ")"));
            }
            if (!challenged) {
                return CompletableFuture.completedFuture(first(message));
            }
            if (!(credential instanceof DerivedLater)) {
                SaslStep step = success(message);
                if (step != null) {
                    return CompletableFuture.completedFuture(step);
                }
            }
            CompletableFuture<SaslStep> step = new CompletableFuture<>();
            try {
                queue.execute(from, () -> slowly(message, step));
            } catch (RejectedExecutionException e) {
                step.complete(SaslStep.completed(
                        new AuthenticationResult.Unavailable("too many logins wait to be checked: " + e.getMessage())));
            }
            return step;
        }

        private SaslStep first(byte[] message) {
            try {
                byte[] challenge = server.evaluateResponse(message);
                challenged = true;
                return new SaslStep.Challenge(challenge);
            } catch (SaslException | AuthenticationException | IllegalArgumentException e) {
                return rejected("malformed SCRAM message");
            }
        }

        private void slowly(byte[] message, CompletableFuture<SaslStep> step) {
            try {
                if (over) {
                    step.complete(SaslStep.completed(new AuthenticationResult.Unavailable("the client has gone")));
                    return;
                }
                boolean derived = false;
                SaslStep success = null;
                if (credential instanceof DerivedLater later) {
                    derived = later.derive();
                    success = success(message);
                }
                if (success == null && !derived && credential != null) {
                    ScramVerifier.derive(
                            mechanism, "for the time it takes", credential.salt(), credential.iterations());
                }
                step.complete(success == null ? rejected(reason()) : success);
            } catch (RuntimeException | LinkageError e) {
                step.completeExceptionally(e);
            }
        }

        /** The end of the exchange when the client's proof is right and its account is one that may connect; else null. */
        private @Nullable SaslStep success(byte[] message) {
            byte[] last;
            try {
                last = server.evaluateResponse(message);
            } catch (SaslException | AuthenticationException | IllegalArgumentException e) {
                return null;
            }
            KnownAccount proven = account;
            if (proven == null || !proven.spec().enabled()) {
                return null;
            }
            if (!accounts.isCurrent(proven)) {
                return SaslStep.completed(new AuthenticationResult.Unavailable(
                        "account " + LogText.quoted(proven.name()) + " has changed meanwhile"));
            }
            Authentication authentication = Authentication.of(mechanism.mechanismName(), proven.name())
                    .virtualCluster(proven.spec().virtualCluster())
                    .build();
            return new SaslStep.Completed(last, new AuthenticationResult.Authenticated(authentication));
        }

        private String reason() {
            KnownAccount tried = account;
            String who = "account " + LogText.quoted(name);
            if (tried == null) {
                return who + " does not exist";
            }
            if (!tried.spec().enabled()) {
                return who + " is disabled";
            }
            if (tried.scram(mechanism) == null) {
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

    private ScramCredential credential(KnownAccount account) {
        ScramCredential known = account.scram(mechanism);
        if (known != null) {
            return known;
        }
        return account.mayBeClearText() ? new DerivedLater(account) : phantom(account.name());
    }

    private ScramCredential phantom(String name) {
        String mechanismName = mechanism.mechanismName();
        byte[] unguessable = new byte[64];
        random.nextBytes(unguessable);
        return new ScramCredential(
                salts.salt(mechanismName, name),
                unguessable,
                unguessable,
                accounts.iterations(mechanism, salts.place(mechanismName, name)));
    }

    /**
     * The verifier of a password in clear text, which takes milliseconds to derive: not needed for the challenge, and not to be waited for
     * on an event loop.
     */
    private final class DerivedLater extends ScramCredential {
        private final KnownAccount account;
        private @Nullable ScramCredential derived;

        private DerivedLater(KnownAccount account) {
            super(salts.salt(mechanism.mechanismName(), account.name()), NONE, NONE, iterations);
            this.account = account;
        }

        /** @return whether it took the time of a derivation */
        private boolean derive() {
            // Of a thousand connections that came at once the first one derived it for all.
            ScramCredential known = account.scram(mechanism);
            if (known != null) {
                derived = known;
                return false;
            }
            derived = phantom(account.name());
            try {
                String password = account.password();
                if (!PasswordHash.isOne(password)) {
                    derived = ScramVerifier.derive(mechanism, password, salt(), iterations());
                    account.scram(mechanism, derived);
                    return true;
                }
            } catch (IllegalArgumentException e) {
                log.debug("Account {}: its password: {}", account.name(), e.getMessage());
            }
            return false;
        }

        @Override
        public byte[] storedKey() {
            return derived == null ? super.storedKey() : derived.storedKey();
        }

        @Override
        public byte[] serverKey() {
            return derived == null ? super.serverKey() : derived.serverKey();
        }
    }
}
