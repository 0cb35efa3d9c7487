/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceView;
import io.micrometer.core.instrument.FunctionCounter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SASL/PLAIN over accounts. Slow hashes are made in a pool of its own; a password that was right before is known again on the event loop,
 * by a fast keyed hash. Thread-safe.
 *
 * <p>Every refusal has the same message for the client and takes the time of one slow hash, except that a malformed message is refused at
 * once: what it says has nothing to do with any account.
 */
final class PlainAuthenticator implements SaslAuthenticator {

    static final String MECHANISM = "PLAIN";

    /** Kafka's own words. */
    static final String CLIENT_MESSAGE = "Authentication failed: Invalid username or password";

    private static final Logger log = LoggerFactory.getLogger(PlainAuthenticator.class);

    private final ResourceView<Account> accounts;
    private final PasswordVerifier verifier;
    private final SuccessCache successes = new SuccessCache();
    private final ExecutorService pool;
    private final AuthenticatorContext context;
    private final AutoCloseable watch;

    PlainAuthenticator(PlainConfig config, AuthenticatorContext context) {
        this.context = context;
        this.verifier = new PasswordVerifier(config.cost());
        this.pool = context.plugin().executor("passwords-" + context.name(), config.threadsOrDefault());
        this.accounts = context.plugin().resources(AccountKind.class);
        this.watch = accounts.watch(this::accountChanged);
        FunctionCounter.builder("gatehouse.auth.plain.slow.hashes", verifier, PasswordVerifier::slowHashes)
                .description("Passwords that were checked against a slow hash")
                .tag("authentication", context.name())
                .register(context.plugin().meters());
    }

    private void accountChanged(String name) {
        successes.forget(name);
        verifier.forget(name);
        context.changed();
    }

    @Override
    public Set<String> mechanisms() {
        return Set.of(MECHANISM);
    }

    @Override
    public SaslExchange begin(String mechanism, ConnectionInfo connection) {
        return token -> evaluate(token).thenApply(SaslStep::completed);
    }

    private CompletionStage<AuthenticationResult> evaluate(byte[] token) {
        PlainMessage message;
        try {
            message = PlainMessage.parse(token);
        } catch (PlainMessage.MalformedException e) {
            return CompletableFuture.completedFuture(rejected("malformed PLAIN message: " + e.getMessage()));
        }
        Optional<Resource<Account>> account = usable(message.username());
        if (account.isPresent() && successes.knows(account.get(), message.password())) {
            message.wipe();
            return CompletableFuture.completedFuture(authenticated(account.get()));
        }
        try {
            return CompletableFuture.supplyAsync(() -> verify(message), pool);
        } catch (RejectedExecutionException e) {
            message.wipe();
            return CompletableFuture.completedFuture(
                    new AuthenticationResult.Unavailable("too many passwords wait to be checked: " + e.getMessage()));
        }
    }

    private AuthenticationResult verify(PlainMessage message) {
        try {
            Optional<Resource<Account>> account = usable(message.username());
            if (!verifier.verify(account, message.password())) {
                return rejected(reason(message.username()));
            }
            Resource<Account> verified = account.orElseThrow();
            successes.remember(verified, message.password());
            if (!usable(message.username()).map(Resource::version).equals(Optional.of(verified.version()))) {
                // Changed while the hash was made: what was true is not what counts now. The client comes again.
                successes.forget(message.username());
                return new AuthenticationResult.Unavailable(
                        "account " + printable(message.username()) + " has changed meanwhile");
            }
            return authenticated(verified);
        } finally {
            message.wipe();
        }
    }

    private Optional<Resource<Account>> usable(String username) {
        return accounts.get(username).filter(account -> account.spec().enabled());
    }

    private String reason(String username) {
        Optional<Resource<Account>> account = accounts.get(username);
        if (account.isEmpty()) {
            return "no account " + printable(username);
        }
        if (!account.get().spec().enabled()) {
            return "account " + printable(username) + " is disabled";
        }
        if (account.get().spec().password() == null) {
            return "account " + printable(username) + " has no password";
        }
        return "wrong password for account " + printable(username);
    }

    /** What a stranger sends as a name must not break lines of a log. */
    private static String printable(String username) {
        String text = username.length() > 100 ? username.substring(0, 100) + "..." : username;
        return "\"" + text.replaceAll("\\p{C}", "?") + "\"";
    }

    private static AuthenticationResult rejected(String reason) {
        return new AuthenticationResult.Rejected(CLIENT_MESSAGE, reason);
    }

    private static AuthenticationResult authenticated(Resource<Account> account) {
        return new AuthenticationResult.Authenticated(
                authentication(Authentication.of(MECHANISM, account.name()), account.spec()));
    }

    private static Authentication authentication(Authentication.Builder builder, Account account) {
        return builder.virtualCluster(account.virtualCluster()).build();
    }

    @Override
    public CompletionStage<Optional<Authentication>> refresh(Authentication earlier) {
        return CompletableFuture.completedFuture(
                usable(earlier.identifier()).map(account -> authentication(earlier.toBuilder(), account.spec())));
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (Exception e) {
            log.warn("The watch on accounts of {} cannot be ended", context.name(), e);
        }
    }
}
