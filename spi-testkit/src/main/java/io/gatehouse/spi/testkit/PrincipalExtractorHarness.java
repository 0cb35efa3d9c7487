/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.identity.PrincipalExtractor;
import io.gatehouse.spi.identity.PrincipalExtractorFactory;
import java.time.Duration;
import java.util.Optional;

/**
 * One principal extractor under test.
 *
 * <pre>{@code
 * try (var harness = PrincipalExtractorHarness.of(new MyFactory(), new MyConfig())) {
 *     Optional<String> principal = harness.extract(Authentication.of("tls", "CN=alice,O=acme").build());
 * }
 * }</pre>
 *
 * <p>As in the gateway, whatever is no principal refuses the connection: throwing, a stage that fails, is late or yields null, an empty
 * name, and {@link User#ANONYMOUS}. {@link #failure()} says why.
 */
public final class PrincipalExtractorHarness implements AutoCloseable {

    private final InMemoryPluginContext plugin = new InMemoryPluginContext();
    private final PrincipalExtractor extractor;
    private final Answers answers = new Answers();

    private <C extends Record> PrincipalExtractorHarness(PrincipalExtractorFactory<C> factory, C config) {
        this.extractor = factory.create(config, plugin);
    }

    /** Creates the extractor. */
    public static <C extends Record> PrincipalExtractorHarness of(PrincipalExtractorFactory<C> factory, C config) {
        return new PrincipalExtractorHarness(factory, config);
    }

    /** How long an extraction may take; 5 s as in the gateway unless said otherwise. */
    public PrincipalExtractorHarness deadline(Duration value) {
        answers.deadline(value);
        return this;
    }

    /** The principal; empty when the connection would be refused as one that may be retried. */
    public Optional<String> extract(Authentication authentication) {
        Optional<String> principal = answers.await(() -> extractor.extract(authentication));
        if (principal.isPresent()
                && (principal.get().isEmpty() || principal.get().equals(User.ANONYMOUS))) {
            answers.fail("principal: '" + principal.get() + "' (expected: a name, and not " + User.ANONYMOUS + ")");
            return Optional.empty();
        }
        return principal;
    }

    /** Why the last extraction refused the connection; empty when it did not. */
    public Optional<String> failure() {
        return answers.failure();
    }

    /** The context that the extractor was given. */
    public InMemoryPluginContext plugin() {
        return plugin;
    }

    /** Closes the extractor and ends its threads. */
    @Override
    public void close() {
        extractor.close();
        plugin.close();
    }
}
