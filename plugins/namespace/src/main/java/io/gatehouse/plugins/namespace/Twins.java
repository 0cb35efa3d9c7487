/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.interception.RequestContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Whether topics that an additional name could mean are there: the namespace's own topic of that name, which then counts, and the
 * additional one, which only then may be described without being created. Asked of the brokers, and remembered for a while. Thread-safe.
 */
final class Twins {

    private static final long REMEMBERED_NANOS = Duration.ofSeconds(10).toNanos();

    /** Of additional topics: whoever waits for one to be created does not wait long. */
    private static final long ABSENT_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int MAX_NAMES = 10_000;

    private final Namespace namespace;
    private final LongSupplier nanoClock;
    private final ConcurrentHashMap<String, Known> known = new ConcurrentHashMap<>();
    private final ConflictReports conflicts;

    private record Known(boolean exists, long untilNanos) {}

    Twins(Namespace namespace, ConflictReports conflicts, LongSupplier nanoClock) {
        this.namespace = namespace;
        this.conflicts = conflicts;
        this.nanoClock = nanoClock;
    }

    /** Whether a topic, by its real name, was there when last asked. */
    boolean exists(String real) {
        Known topic = known.get(real);
        return topic != null && topic.exists();
    }

    /** For one request, which means the same topics from its beginning to its end. */
    Snapshot snapshot() {
        return new Snapshot();
    }

    /** Whether topics, by their real names, were there when last asked: as of when that was resolved. */
    final class Snapshot implements Predicate<String> {

        private final Map<String, Boolean> resolved = new HashMap<>(0);

        @Override
        public boolean test(String real) {
            Boolean there = resolved.get(real);
            return there == null ? exists(real) : there;
        }

        /** Completes, on the event loop, when it is known of these additional names what they mean. */
        CompletionStage<Void> resolve(Collection<String> additional, RequestContext context) {
            long now = nanoClock.getAsLong();
            List<String> asked = additional.stream()
                    .flatMap(name -> Stream.of(name, namespace.prefix() + name))
                    .filter(name -> name.length() <= 249)
                    .filter(name -> !isFresh(name, now))
                    .distinct()
                    .toList();
            if (asked.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            List<MetadataRequestData.MetadataRequestTopic> topics = new ArrayList<>();
            asked.forEach(name -> topics.add(new MetadataRequestData.MetadataRequestTopic().setName(name)));
            return context.send(new MetadataRequestData().setTopics(topics).setAllowAutoTopicCreation(false))
                    .thenAccept(response -> {
                        learn((MetadataResponseData) response, now);
                        asked.forEach(name -> resolved.put(name, exists(name)));
                    })
                    .thenRun(() -> additional.forEach(this::report));
        }

        private boolean isFresh(String name, long now) {
            Known topic = known.get(name);
            if (topic == null || topic.untilNanos() - now < 0) {
                return false;
            }
            resolved.put(name, topic.exists());
            return true;
        }

        private void report(String name) {
            if (namespace.hides()) {
                conflicts.report("topic", name, namespace.topics(), test(namespace.prefix() + name));
            }
        }
    }

    private void learn(MetadataResponseData response, long now) {
        if (known.size() > MAX_NAMES) {
            known.clear();
        }
        for (MetadataResponseData.MetadataResponseTopic topic : response.topics()) {
            Errors error = Errors.forCode(topic.errorCode());
            boolean absent = error == Errors.UNKNOWN_TOPIC_OR_PARTITION || error == Errors.INVALID_TOPIC_EXCEPTION;
            boolean awaited = absent && !topic.name().startsWith(namespace.prefix());
            known.put(topic.name(), new Known(!absent, now + (awaited ? ABSENT_NANOS : REMEMBERED_NANOS)));
        }
    }
}
