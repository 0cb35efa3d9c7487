/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SASL over accounts: {@link PlainLogin} and {@link ScramLogin}, as far as they are configured. Thread-safe. */
final class PlainAuthenticator implements SaslAuthenticator {

    private static final Logger log = LoggerFactory.getLogger(PlainAuthenticator.class);

    private final Set<String> mechanisms;
    private final AuthenticatorContext context;
    private final Accounts accounts;
    private final PlainLogin plain;
    private final Map<String, ScramLogin> scram = new HashMap<>();
    private final AutoCloseable watch;

    PlainAuthenticator(PlainConfig config, AuthenticatorContext context) {
        this.context = context;
        this.mechanisms = config.mechanisms().stream().map(Mechanism::saslName).collect(Collectors.toUnmodifiableSet());
        this.accounts =
                new Accounts(context.plugin().resources(AccountKind.class), config.cost(), config.scramIterations());
        int threads = config.threadsOrDefault();
        FairQueue queue = new FairQueue(context.plugin().executor("passwords-" + context.name(), threads), threads);
        PasswordVerifier verifier = new PasswordVerifier(accounts, config.cost());
        this.plain = new PlainLogin(accounts, verifier, queue);
        Salts salts = new Salts(config.scramSaltSecret());
        for (ScramMechanism mechanism : ScramMechanism.values()) {
            scram.put(
                    mechanism.mechanismName(),
                    new ScramLogin(mechanism, accounts, salts, config.scramIterations(), queue));
        }
        meters(verifier, queue);
        this.watch = accounts.watch(this::accountChanged);
    }

    private void meters(PasswordVerifier verifier, FairQueue queue) {
        FunctionCounter.builder("gatehouse.auth.plain.slow.hashes", verifier, PasswordVerifier::slowHashes)
                .description("Passwords that were checked against a slow hash")
                .tag("authentication", context.name())
                .register(context.plugin().meters());
        Gauge.builder("gatehouse.auth.plain.waiting", queue, FairQueue::waiting)
                .description("Logins that wait for their turn")
                .tag("authentication", context.name())
                .register(context.plugin().meters());
    }

    private void accountChanged(String name) {
        plain.changed(name);
        context.changed();
    }

    @Override
    public Set<String> mechanisms() {
        return mechanisms;
    }

    @Override
    public SaslExchange begin(String mechanism, ConnectionInfo connection) {
        ScramLogin login = scram.get(mechanism);
        return login == null ? plain.begin(connection) : login.begin(connection);
    }

    @Override
    public CompletionStage<Optional<Authentication>> refresh(Authentication earlier) {
        return CompletableFuture.completedFuture(accounts.usable(earlier.identifier())
                .map(account -> earlier.toBuilder()
                        .virtualCluster(account.spec().virtualCluster())
                        .build()));
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
