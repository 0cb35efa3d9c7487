/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.junit;

import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * The embedded cluster in one line of fixture; {@link #cluster()} is running before the first test of the class.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final KafkaExtension kafka = KafkaExtension.shared(3);
 * }</pre>
 *
 * <p>{@link #shared} is for tests that leave the cluster as they found it: same brokers, all running. Their topics and
 * groups need names of their own, since other test classes use the same cluster. {@link #own} is for the others.
 */
public abstract sealed class KafkaExtension implements BeforeAllCallback {

    private @Nullable EmbeddedKafkaCluster cluster;

    private KafkaExtension() {}

    /**
     * A cluster of so many brokers, with the ids 1 and up, that all test classes of this JVM share. It is started for
     * the first of them and closed at the end of the launcher session.
     */
    public static KafkaExtension shared(int brokers) {
        return new Shared(brokers);
    }

    /**
     * A cluster for the test class alone.
     *
     * @param cluster builds it, not yet started
     */
    public static KafkaExtension own(Supplier<EmbeddedKafkaCluster> cluster) {
        return new Own(cluster);
    }

    /** @throws IllegalStateException before the test class has started, hence from its static initialisers */
    public EmbeddedKafkaCluster cluster() {
        if (cluster == null) {
            throw new IllegalStateException("embedded cluster: none (expected: a test class that has started)");
        }
        return cluster;
    }

    /** The {@code bootstrap.servers} of {@link #cluster()}. */
    public String bootstrapServers() {
        return cluster().bootstrapServers();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        cluster = start(context);
    }

    abstract EmbeddedKafkaCluster start(ExtensionContext context);

    private static final class Shared extends KafkaExtension {

        private static final Namespace NAMESPACE = Namespace.create(KafkaExtension.class);

        private final int brokers;

        Shared(int brokers) {
            this.brokers = brokers;
        }

        @Override
        EmbeddedKafkaCluster start(ExtensionContext context) {
            return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                    .computeIfAbsent(
                            brokers,
                            count -> EmbeddedKafkaCluster.builder()
                                    .brokers(count)
                                    .build()
                                    .start(),
                            EmbeddedKafkaCluster.class);
        }
    }

    private static final class Own extends KafkaExtension implements AfterAllCallback {

        private final Supplier<EmbeddedKafkaCluster> unstarted;

        Own(Supplier<EmbeddedKafkaCluster> unstarted) {
            this.unstarted = unstarted;
        }

        @Override
        EmbeddedKafkaCluster start(ExtensionContext context) {
            return unstarted.get().start();
        }

        @Override
        public void afterAll(ExtensionContext context) {
            cluster().close();
        }
    }
}
