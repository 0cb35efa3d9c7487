/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import io.gatehouse.spi.authentication.TlsAuthenticator;
import io.gatehouse.spi.resources.ResourceKind;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One authenticator under test.
 *
 * <pre>{@code
 * try (var harness = AuthenticatorHarness.of(new MyFactory(), new MyConfig())) {
 *     harness.resources(MyKind.class).put("alice", new MySpec("secret"));
 *     AuthenticationResult result = harness.sasl("PLAIN", "\0alice\0secret".getBytes(UTF_8));
 * }
 * }</pre>
 *
 * <p>As in the gateway, a stage that fails or is late is {@link AuthenticationResult.Unavailable}.
 */
public final class AuthenticatorHarness implements AutoCloseable {

    private final InMemoryPluginContext plugin = new InMemoryPluginContext();
    private final AtomicInteger changes = new AtomicInteger();
    private final Authenticator authenticator;
    private Duration deadline = Duration.ofSeconds(10);
    private ConnectionInfo connection = TestConnection.local();

    private <C extends Record> AuthenticatorHarness(AuthenticatorFactory<C> factory, C config) {
        this.authenticator = factory.create(config, new AuthenticatorContext() {
            @Override
            public String name() {
                return factory.name();
            }

            @Override
            public PluginContext plugin() {
                return plugin;
            }

            @Override
            public void changed() {
                changes.incrementAndGet();
            }
        });
    }

    /** Creates the authenticator. */
    public static <C extends Record> AuthenticatorHarness of(AuthenticatorFactory<C> factory, C config) {
        return new AuthenticatorHarness(factory, config);
    }

    /** How long each stage may take; 10 s as in the gateway unless said otherwise. */
    public AuthenticatorHarness deadline(Duration value) {
        deadline = value;
        return this;
    }

    /** The connection that later exchanges come from; loopback without TLS unless said otherwise. */
    public AuthenticatorHarness connection(ConnectionInfo value) {
        connection = value;
        return this;
    }

    /** The resources that the authenticator sees; changes count at once. */
    public <S extends Record> InMemoryResources<S> resources(Class<? extends ResourceKind<S>> kind) {
        return plugin.writableResources(kind);
    }

    /** The authenticator itself, for capabilities that it has beside. */
    public Authenticator authenticator() {
        return authenticator;
    }

    /** The context that the authenticator was given. */
    public InMemoryPluginContext plugin() {
        return plugin;
    }

    /** How often the authenticator has said that something changed. */
    public int changes() {
        return changes.get();
    }

    /**
     * Runs one SASL exchange; safe on several threads at once. Challenges are not looked at: for mechanisms whose messages depend on them,
     * call {@link #begin}.
     *
     * @param messages the client's, in order; those after the exchange has ended are not sent
     * @throws AssertionError when the exchange expects more messages
     */
    public AuthenticationResult sasl(String mechanism, byte[]... messages) {
        SaslExchange exchange = begin(mechanism);
        try {
            for (byte[] message : messages) {
                SaslStep step;
                try {
                    step = await(exchange.evaluate(message));
                } catch (ExecutionException | TimeoutException | RuntimeException e) {
                    return new AuthenticationResult.Unavailable("evaluate failed or was late: " + e);
                }
                if (step instanceof SaslStep.Completed completed) {
                    return completed.result();
                }
            }
        } finally {
            exchange.close();
        }
        throw new AssertionError(mechanism + ": the exchange goes on after " + messages.length + " messages");
    }

    /**
     * Begins an exchange as the gateway does.
     *
     * @throws IllegalArgumentException when the authenticator does not offer the mechanism
     */
    public SaslExchange begin(String mechanism) {
        if (!(authenticator instanceof SaslAuthenticator sasl)) {
            throw new IllegalArgumentException(authenticator + " (expected: a SaslAuthenticator)");
        }
        if (!sasl.mechanisms().contains(mechanism)) {
            throw new IllegalArgumentException(
                    "mechanism: " + mechanism + " (expected: one of " + sasl.mechanisms() + ")");
        }
        return sasl.begin(mechanism, connection);
    }

    /** Authenticates by certificates, the client's own first. */
    public AuthenticationResult tls(X509Certificate... certificates) {
        if (!(authenticator instanceof TlsAuthenticator tls)) {
            throw new IllegalArgumentException(authenticator + " (expected: a TlsAuthenticator)");
        }
        try {
            return await(tls.authenticate(List.of(certificates), connection));
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            return new AuthenticationResult.Unavailable("authenticate failed or was late: " + e);
        }
    }

    /** Asks whether an earlier result still holds; empty also when the stage fails or is late, which closes the connection as well. */
    public Optional<Authentication> refresh(Authentication earlier) {
        try {
            return await(authenticator.refresh(earlier));
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private <T> T await(CompletionStage<T> stage) throws ExecutionException, TimeoutException {
        try {
            return stage.toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Closes the authenticator and ends its threads. */
    @Override
    public void close() {
        authenticator.close();
        plugin.close();
    }
}
