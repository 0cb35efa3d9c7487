/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.store.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Issue;
import io.gatehouse.spi.resources.ResourceException.Reason;
import io.gatehouse.spi.resources.ResourceStore.Document;
import io.gatehouse.spi.resources.ResourceStore.Write;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Appends changes in transactions of one transactional id that all gateways share (KIP-98). Whoever wants to write initializes it, which
 * fences whoever wrote before and ends what that one has not committed; then reads to the end, checks versions, appends and commits. The
 * commit succeeds only while nobody else has initialized since: so nothing was written between the check and the commit.
 *
 * <p>Used by one thread at a time.
 */
final class TopicWriter implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int MOST_BACKOFF_MILLIS = 200;

    private final KafkaStoreConfig config;
    private final TopicReader reader;
    private @Nullable KafkaProducer<String, byte[]> producer;

    TopicWriter(KafkaStoreConfig config, TopicReader reader) {
        this.config = config;
        this.reader = reader;
    }

    static String key(Write change) {
        return change.kind() + "/" + change.name();
    }

    /** @throws ResourceException as the store's {@code write} says */
    void write(List<Write> changes) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        int backoff = 10;
        while (true) {
            try {
                KafkaProducer<String, byte[]> writing = initialized();
                requireVersions(changes, reader.sync());
                commit(writing, changes);
                reader.sync();
                return;
            } catch (ResourceException e) {
                throw e;
            } catch (ProducerFencedException | InvalidProducerEpochException e) {
                // Another gateway has begun to write meanwhile; nothing of ours is committed.
                discard();
                if (System.nanoTime() > deadline) {
                    throw unavailable("other gateways write all the time", e);
                }
                pause(backoff);
                backoff = Math.min(MOST_BACKOFF_MILLIS, backoff * 2);
            } catch (KafkaException e) {
                discard();
                if (isFenced(e) && System.nanoTime() < deadline) {
                    pause(backoff);
                    continue;
                }
                throw unavailable("its cluster does not answer as it should", e);
            } catch (TimeoutException | ExecutionException e) {
                discard();
                throw unavailable("its cluster does not answer", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw unavailable("interrupted", e);
            }
        }
    }

    private static boolean isFenced(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    private ResourceException unavailable(String why, Exception cause) {
        return new ResourceException(
                Reason.UNAVAILABLE,
                "topic " + config.topic() + " cannot be written: " + why + " (" + cause.getMessage() + ")");
    }

    private KafkaProducer<String, byte[]> initialized() {
        KafkaProducer<String, byte[]> known = producer;
        if (known != null) {
            return known;
        }
        Map<String, Object> properties = new HashMap<>(config.properties());
        properties.put("transactional.id", config.topic() + "-writer");
        properties.put("acks", "all");
        properties.put("enable.idempotence", "true");
        properties.put("max.block.ms", "10000");
        properties.put("delivery.timeout.ms", "10000");
        properties.put("request.timeout.ms", "5000");
        properties.put("transaction.timeout.ms", "15000");
        KafkaProducer<String, byte[]> created =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
        // Before it can fail, so that it is discarded then.
        producer = created;
        created.initTransactions();
        return created;
    }

    private static void requireVersions(List<Write> changes, Map<String, Document> now) {
        for (Write change : changes) {
            Optional<String> version = TopicReader.version(now, key(change));
            if (!version.equals(change.expectedVersion())) {
                throw new ResourceException(
                        Reason.CONFLICT,
                        List.of(new Issue(
                                change.kind(),
                                change.name(),
                                "",
                                version.map(has -> "has version " + has).orElse("is not there") + " (expected: "
                                        + change.expectedVersion()
                                                .map(wanted -> "version " + wanted)
                                                .orElse("none")
                                        + ")")));
            }
        }
    }

    private void commit(KafkaProducer<String, byte[]> writing, List<Write> changes) {
        writing.beginTransaction();
        for (Write change : changes) {
            byte[] value = change.tree().map(TopicWriter::bytes).orElse(null);
            writing.send(new ProducerRecord<>(config.topic(), 0, key(change), value));
        }
        writing.commitTransaction();
    }

    private static byte[] bytes(Map<String, Object> tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a document cannot be written", e);
        }
    }

    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(millis) + 1);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void discard() {
        KafkaProducer<String, byte[]> last = producer;
        producer = null;
        if (last != null) {
            last.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        discard();
    }
}
