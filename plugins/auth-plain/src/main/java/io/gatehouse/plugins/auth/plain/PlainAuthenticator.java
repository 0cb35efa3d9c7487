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
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SASL over accounts: {@link PlainLogin} and {@link ScramLogin}, as far as they are configured. Thread-safe. */
class PlainAuthenticator implements SaslAuthenticator {

    private static final Logger log = LoggerFactory.getLogger(PlainAuthenticator.class);

    private final Set<String> mechanisms;
    private final AuthenticatorContext context;
    private final Accounts accounts;
    private final @Nullable Tokens tokens;
    private final PlainLogin plain;
    private final Map<String, ScramLogin> scram = new HashMap<>();
    private final LoginMeters meters;
    private final FairQueue queue;
    private final AutoCloseable watch;

    PlainAuthenticator(PlainConfig config, AuthenticatorContext context, LoginMeters meters) {
        this.context = context;
        this.meters = meters;
        this.mechanisms = config.mechanisms().stream().map(Mechanism::saslName).collect(Collectors.toUnmodifiableSet());
        this.accounts =
                new Accounts(context.plugin().resources(AccountKind.class), config.cost(), config.scramIterations());
        int threads = config.threadsOrDefault();
        this.queue = new FairQueue(context.plugin().executor("passwords-" + context.name(), threads), threads);
        PasswordVerifier verifier = new PasswordVerifier(
                accounts,
                config.cost(),
                meters.slowHashes(context.name(), context.plugin().meters()));
        this.tokens = config.tokens()
                .map(each -> new Tokens(each, accounts, Clock.systemUTC()))
                .orElse(null);
        this.plain = new PlainLogin(accounts, verifier, queue, tokens);
        Salts salts = new Salts(config.scramSaltSecret());
        for (ScramMechanism mechanism : ScramMechanism.values()) {
            scram.put(
                    mechanism.mechanismName(),
                    new ScramLogin(mechanism, accounts, salts, config.scramIterations(), queue));
        }
        meters.add(context.name(), queue, context.plugin().meters());
        this.watch = accounts.watch(this::accountChanged);
    }

    /** What it issues and takes; empty when tokens are off. */
    final Optional<Tokens> tokens() {
        return Optional.ofNullable(tokens);
    }

    private void accountChanged(String name) {
        plain.changed(name);
        context.changed();
    }

    @Override
    public final Set<String> mechanisms() {
        return mechanisms;
    }

    @Override
    public final SaslExchange begin(String mechanism, ConnectionInfo connection) {
        ScramLogin login = scram.get(mechanism);
        return login == null ? plain.begin(connection) : login.begin(connection);
    }

    @Override
    public final CompletionStage<Optional<Authentication>> refresh(Authentication earlier) {
        return CompletableFuture.completedFuture(accounts.usable(earlier.identifier())
                .filter(account -> stillTakes(account.spec(), earlier))
                .map(account -> earlier.toBuilder()
                        .virtualCluster(account.spec().virtualCluster())
                        .build()));
    }

    @Override
    public final boolean yieldsGroups() {
        return false;
    }

    /** Only tokens have claims. */
    private boolean stillTakes(Account account, Authentication earlier) {
        if (earlier.claims().isEmpty()) {
            return true;
        }
        return tokens != null
                && earlier.claims().get("iat") instanceof Number issuedAt
                && Tokens.isTaken(account, Instant.ofEpochSecond(issuedAt.longValue()));
    }

    @Override
    public final void close() {
        meters.remove(context.name(), queue);
        try {
            watch.close();
        } catch (Exception e) {
            log.warn("The watch on accounts of {} cannot be ended", context.name(), e);
        }
    }
}
