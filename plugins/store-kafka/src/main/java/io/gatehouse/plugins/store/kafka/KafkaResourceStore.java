/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.store.kafka;

import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Reason;
import io.gatehouse.spi.resources.ResourceStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store that several gateways share; each of them reads it, and one at a time writes. Thread-safe. */
final class KafkaResourceStore implements ResourceStore {

    private final KafkaStoreConfig config;
    private @Nullable TopicReader reader;
    private @Nullable TopicWriter writer;

    KafkaResourceStore(KafkaStoreConfig config) {
        this.config = config;
    }

    @Override
    public synchronized void open(Consumer<Content> listener) {
        new StoreTopic(config).require();
        TopicReader opened = new TopicReader(config, listener);
        opened.start();
        reader = opened;
        writer = new TopicWriter(config, opened);
    }

    @Override
    public Optional<String> readOnly() {
        return Optional.empty();
    }

    @Override
    public synchronized void write(List<Write> changes) {
        if (writer == null) {
            throw new ResourceException(Reason.UNAVAILABLE, "the store is not open");
        }
        writer.write(changes);
    }

    @Override
    public synchronized void close() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
