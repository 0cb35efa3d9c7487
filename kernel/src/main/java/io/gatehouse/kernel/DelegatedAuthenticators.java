/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.DelegatedAuthenticator;
import io.gatehouse.kernel.client.observers.BuiltInObservers;
import io.gatehouse.kernel.config.DelegatedConfig;
import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.LoadedExtension;
import io.gatehouse.kernel.plugins.PluginGuard;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.SaslObserver;
import io.gatehouse.spi.authentication.SaslObserverFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Makes the authenticators of {@code delegated} entries from the observers that the kernel has and plugins offer. */
final class DelegatedAuthenticators {

    private DelegatedAuthenticators() {}

    /** @throws IllegalArgumentException when a mechanism is wanted that nobody observes */
    static DelegatedAuthenticator of(DelegatedConfig config, PluginSnapshot plugins) {
        Map<String, LoadedExtension<SaslObserverFactory>> offered = new HashMap<>();
        for (LoadedExtension<SaslObserverFactory> extension : plugins.all(ExtensionType.SASL_OBSERVER)) {
            PluginGuard guard = extension.generation().guard();
            guard.call(
                            "mechanisms of SASL observer",
                            () -> extension.extension().mechanisms(),
                            failure -> Set.<String>of())
                    .forEach(mechanism -> offered.putIfAbsent(mechanism, extension));
        }
        Set<String> observed = new TreeSet<>(BuiltInObservers.MECHANISMS);
        observed.addAll(offered.keySet());
        for (String wanted : config.mechanisms()) {
            if (!observed.contains(wanted)) {
                throw new IllegalArgumentException("mechanisms: " + wanted
                        + " (expected: one that somebody observes; there are " + observed + ")");
            }
        }
        if (!config.mechanisms().isEmpty()) {
            observed.retainAll(config.mechanisms());
        }
        return new DelegatedAuthenticator(
                observed,
                (mechanism, connection) -> BuiltInObservers.MECHANISMS.contains(mechanism)
                        ? BuiltInObservers.begin(mechanism, config.principalClaim())
                        : begin(offered.get(mechanism), mechanism, connection));
    }

    private static SaslObserver begin(
            LoadedExtension<SaslObserverFactory> extension, String mechanism, ConnectionInfo connection) {
        if (!extension.generation().acquire()) {
            throw new IllegalStateException("plugin " + extension.generation() + " is being replaced");
        }
        PluginGuard guard = extension.generation().guard();
        SaslObserver observer;
        try {
            observer = GuardedSasl.call(
                    guard, "observe of SASL", () -> extension.extension().observe(mechanism, connection));
        } catch (RuntimeException | Error e) {
            extension.generation().release();
            throw e;
        }
        return new SaslObserver() {
            @Override
            public void clientMessage(byte[] message) {
                called(guard, () -> {
                    observer.clientMessage(message);
                    return Optional.empty();
                });
            }

            @Override
            public Optional<String> brokerMessage(byte[] message) {
                return called(guard, () -> observer.brokerMessage(message));
            }

            @Override
            public void close() {
                guard.run("close of SASL observer", observer::close);
                extension.generation().release();
            }
        };
    }

    /** With the plugin's class loader; a refusal is no failure of the plugin's. */
    private static Optional<String> called(PluginGuard guard, Supplier<Optional<String>> body) {
        ClassLoader before = guard.enter();
        try {
            return body.get();
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            guard.failed("SASL observer", e);
            throw e;
        } finally {
            PluginGuard.exit(before);
        }
    }
}
