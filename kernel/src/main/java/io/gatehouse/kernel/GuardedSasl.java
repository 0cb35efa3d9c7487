/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.plugins.PluginGuard;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A plugin's authenticator as connections call it: with the plugin's class loader as context class loader. What it throws is counted and
 * logged with the plugin's id, and thrown on, since the connection has to end. Thread-safe.
 */
final class GuardedSasl implements SaslAuthenticator {

    private final SaslAuthenticator authenticator;
    private final PluginGuard guard;
    private final Set<String> mechanisms;
    private final boolean forwardsToBroker;

    /** @throws RuntimeException when the authenticator cannot say its mechanisms */
    GuardedSasl(SaslAuthenticator authenticator, PluginGuard guard) {
        this.authenticator = authenticator;
        this.guard = guard;
        this.mechanisms = Set.copyOf(call(guard, "mechanisms", authenticator::mechanisms));
        this.forwardsToBroker = call(guard, "forwardsToBroker", authenticator::forwardsToBroker);
    }

    @Override
    public Set<String> mechanisms() {
        return mechanisms;
    }

    @Override
    public boolean isFor(String mechanism, byte[] message) {
        return call(guard, "isFor of authentication", () -> authenticator.isFor(mechanism, message));
    }

    @Override
    public boolean forwardsToBroker() {
        return forwardsToBroker;
    }

    @Override
    public SaslExchange begin(String mechanism, ConnectionInfo connection) {
        SaslExchange exchange =
                call(guard, "begin of authentication", () -> authenticator.begin(mechanism, connection));
        return new SaslExchange() {
            @Override
            public CompletionStage<SaslStep> evaluate(byte[] token) {
                return call(guard, "evaluate of authentication", () -> exchange.evaluate(token));
            }

            @Override
            public void close() {
                guard.run("close of authentication", exchange::close);
            }
        };
    }

    @Override
    public boolean yieldsGroups() {
        return call(guard, "groups of authentication", authenticator::yieldsGroups);
    }

    @Override
    public CompletionStage<Optional<Authentication>> refresh(Authentication earlier) {
        return call(guard, "refresh of authentication", () -> authenticator.refresh(earlier));
    }

    static <T> T call(PluginGuard guard, String what, Supplier<T> body) {
        ClassLoader before = guard.enter();
        try {
            return Objects.requireNonNull(body.get(), "null (expected: a value)");
        } catch (RuntimeException | Error e) {
            guard.failed(what, e);
            throw e;
        } finally {
            PluginGuard.exit(before);
        }
    }
}
