/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.store.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.spi.resources.ResourceStore.Content;
import io.gatehouse.spi.resources.ResourceStore.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic from its beginning, committed records only, on a thread of its own. A document's version is the offset of its record.
 * While the cluster does not answer, what was read last stays, with a problem that says so.
 */
final class TopicReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration END = Duration.ofSeconds(5);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final TopicPartition partition;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Consumer<Content> listener;
    private final Queue<CompletableFuture<Map<String, Document>>> waiting = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    // Of the reader's thread alone, but before it starts.
    private final SortedMap<String, Document> documents = new TreeMap<>();
    private final SortedMap<String, String> unreadable = new TreeMap<>();
    private @Nullable String problem;

    /** Whether the listener has not been told of something yet: a wake-up may come between reading and telling. */
    private boolean untold;

    private long lookedNanos = System.nanoTime();
    private volatile boolean closed;

    TopicReader(KafkaStoreConfig config, Consumer<Content> listener) {
        this.partition = new TopicPartition(config.topic(), 0);
        this.listener = listener;
        Map<String, Object> properties = new HashMap<>(config.properties());
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        properties.put("default.api.timeout.ms", "10000");
        properties.put("reconnect.backoff.max.ms", "1000");
        // A change counts on all gateways at once.
        properties.put("fetch.max.wait.ms", "100");
        this.consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        this.thread = new Thread(this::follow, "store-kafka-reader");
        thread.setDaemon(true);
    }

    /**
     * Reads all there is, tells the listener, and goes on reading.
     *
     * @throws UncheckedIOException when the cluster does not answer
     */
    void start() {
        try {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            readToTheEnd();
        } catch (KafkaException e) {
            consumer.close();
            throw new UncheckedIOException(
                    "topic " + partition.topic() + " cannot be read: " + e.getMessage(), new IOException(e));
        }
        tell();
        thread.start();
    }

    private void tell() {
        untold = false;
        listener.accept(content());
    }

    private void readToTheEnd() {
        long end = consumer.endOffsets(List.of(partition), END).get(partition);
        long deadline = System.nanoTime() + END.toNanos();
        while (consumer.position(partition, END) < end) {
            take(consumer.poll(POLL));
            if (System.nanoTime() > deadline) {
                throw new org.apache.kafka.common.errors.TimeoutException("its end was not reached within " + END);
            }
        }
    }

    private void take(ConsumerRecords<String, byte[]> records) {
        for (ConsumerRecord<String, byte[]> each : records) {
            take(each);
            untold = true;
        }
    }

    private void take(ConsumerRecord<String, byte[]> each) {
        String key = String.valueOf(each.key());
        unreadable.remove(key);
        if (each.value() == null) {
            documents.remove(key);
            return;
        }
        String origin = partition.topic() + "@" + each.offset();
        try {
            Map<String, Object> tree = new LinkedHashMap<>();
            JSON.readValue(each.value(), Map.class).forEach((name, value) -> tree.put(String.valueOf(name), value));
            documents.put(key, new Document(origin, Long.toString(each.offset()), tree));
        } catch (IOException e) {
            // What the store did not write itself: the last document stays.
            unreadable.put(key, origin + " " + key + ": no JSON object (expected: one, as the gateways write)");
        }
    }

    private Content content() {
        List<String> problems = new ArrayList<>(unreadable.values());
        if (problem != null) {
            problems.add(problem);
        }
        return new Content(List.copyOf(documents.values()), problems);
    }

    private void follow() {
        while (!closed) {
            try {
                take(consumer.poll(POLL));
                if (!waiting.isEmpty()) {
                    readToTheEnd();
                    answer();
                } else if (System.nanoTime() - lookedNanos > LOOK_NANOS) {
                    // A poll says nothing of a cluster that is away.
                    consumer.endOffsets(List.of(partition), END);
                    reached();
                }
                if (untold) {
                    tell();
                }
            } catch (WakeupException e) {
                // Somebody waits, or it is closed.
            } catch (InterruptException e) {
                break;
            } catch (RuntimeException e) {
                failed(e);
            }
        }
        consumer.close();
    }

    private void reached() {
        lookedNanos = System.nanoTime();
        untold |= problem != null;
        problem = null;
    }

    private void answer() {
        reached();
        if (untold) {
            tell();
        }
        Map<String, Document> now = Map.copyOf(documents);
        for (CompletableFuture<Map<String, Document>> each = waiting.poll(); each != null; each = waiting.poll()) {
            each.complete(now);
        }
    }

    private void failed(RuntimeException e) {
        lookedNanos = System.nanoTime();
        String sentence = "topic " + partition.topic()
                + " cannot be read at the moment; what was read before stays in force and nothing can be changed";
        if (problem == null) {
            log.warn("{}: {}", sentence, e.toString());
            problem = sentence;
            tell();
        }
        for (CompletableFuture<Map<String, Document>> each = waiting.poll(); each != null; each = waiting.poll()) {
            each.completeExceptionally(e);
        }
    }

    /**
     * Reads to the end as it is now; the listener has been told when this returns.
     *
     * @return all documents by key
     * @throws TimeoutException when the cluster does not answer
     */
    Map<String, Document> sync() throws TimeoutException, ExecutionException, InterruptedException {
        CompletableFuture<Map<String, Document>> done = new CompletableFuture<>();
        waiting.add(done);
        consumer.wakeup();
        try {
            return done.get(2 * END.toSeconds(), TimeUnit.SECONDS);
        } finally {
            waiting.remove(done);
        }
    }

    static Optional<String> version(Map<String, Document> documents, String key) {
        return Optional.ofNullable(documents.get(key)).map(Document::version);
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        if (!thread.isAlive()) {
            return;
        }
        try {
            thread.join(5_000);
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
