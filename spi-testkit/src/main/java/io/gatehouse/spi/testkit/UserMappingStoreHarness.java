/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.identity.UserMappingStoreFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One user mapping store under test.
 *
 * <pre>{@code
 * try (var harness = UserMappingStoreHarness.of(new MyFactory(), new MyConfig("redis://..."))) {
 *     UserMappingStoreHarness.Answer answer = harness.find("plain", "alice");
 *     assertThat(answer.mapping()).isPresent();
 * }
 * }</pre>
 *
 * <p>As in the gateway, "no mapping" and "cannot say" are different answers: throwing, and a stage that fails, is late or yields null, cannot
 * say, and refuse the connection.
 */
public final class UserMappingStoreHarness implements AutoCloseable {

    private final InMemoryPluginContext plugin = new InMemoryPluginContext();
    private final AtomicInteger changes = new AtomicInteger();
    private final UserMappingStore store;
    private final Answers answers = new Answers();

    /**
     * What a look-up said.
     *
     * @param mapping empty when there is none, and when the store cannot say
     * @param failure why the store cannot say, which refuses the connection; empty otherwise
     */
    public record Answer(Optional<UserMapping> mapping, Optional<String> failure) {

        /** Whether the connection would be refused as one that may be retried. */
        public boolean refuses() {
            return failure.isPresent();
        }
    }

    private <C extends Record> UserMappingStoreHarness(UserMappingStoreFactory<C> factory, C config) {
        this.store = factory.create(config, plugin, changes::incrementAndGet);
    }

    /** Creates the store. */
    public static <C extends Record> UserMappingStoreHarness of(UserMappingStoreFactory<C> factory, C config) {
        return new UserMappingStoreHarness(factory, config);
    }

    /** How long a look-up may take; 5 s as in the gateway unless said otherwise. */
    public UserMappingStoreHarness deadline(Duration value) {
        answers.deadline(value);
        return this;
    }

    /** Looks a mapping up. */
    public Answer find(String authentication, String principal) {
        Optional<UserMapping> found =
                answers.await(() -> store.find(authentication, principal)).flatMap(mapping -> mapping);
        return new Answer(found, answers.failure());
    }

    /** How often the store has said that mappings have changed. */
    public int changes() {
        return changes.get();
    }

    /** The context that the store was given. */
    public InMemoryPluginContext plugin() {
        return plugin;
    }

    /** Closes the store and ends its threads. */
    @Override
    public void close() {
        store.close();
        plugin.close();
    }
}
