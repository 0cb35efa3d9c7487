/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.spi.interception.TopicNames;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The map between topic ids and names of one cluster. Topic ids are never used again, so an entry is never wrong. Thread-safe. */
final class ClusterTopics implements TopicNames {

    /** Beyond so many the map starts anew, so that topics that come and go for years do not fill the memory. */
    private static final int MAX_ENTRIES = 500_000;

    /** Of a client's request that waits: longer than a cluster takes that is well. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** Whoever waits for a topic to be created does not wait long. */
    private static final long UNKNOWN_NANOS = Duration.ofMillis(500).toNanos();

    private static final int MAX_ASKED = 10_000;

    private static final Logger log = LoggerFactory.getLogger(ClusterTopics.class);

    private final ConcurrentHashMap<Uuid, String> names = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Uuid, Question> asked = new ConcurrentHashMap<>();
    private final Function<MetadataRequestData, CompletableFuture<MetadataResponseData>> metadata;

    private final LongSupplier nanoClock;

    /** What was asked about an id, and when. */
    private record Question(CompletableFuture<Void> answer, long atNanos) {

        boolean counts(long now) {
            return !answer.isDone() || now - atNanos < UNKNOWN_NANOS;
        }
    }

    ClusterTopics(
            Function<MetadataRequestData, CompletableFuture<MetadataResponseData>> metadata, LongSupplier nanoClock) {
        this.metadata = metadata;
        this.nanoClock = nanoClock;
    }

    void learn(Uuid topicId, String name) {
        if (topicId.equals(Uuid.ZERO_UUID)) {
            return;
        }
        if (names.size() >= MAX_ENTRIES) {
            names.clear();
        }
        names.putIfAbsent(topicId, name);
    }

    void learn(MetadataResponseData response) {
        for (MetadataResponseData.MetadataResponseTopic topic : response.topics()) {
            if (topic.name() != null) {
                learn(topic.topicId(), topic.name());
            }
        }
    }

    @Override
    public Optional<String> nameOf(Uuid topicId) {
        return Optional.ofNullable(names.get(topicId));
    }

    @Override
    public CompletionStage<Map<Uuid, String>> namesOf(Collection<Uuid> topicIds) {
        Map<Uuid, String> known = known(topicIds);
        if (known.size() == topicIds.size()) {
            return CompletableFuture.completedFuture(known);
        }
        return CompletableFuture.allOf(questions(topicIds).toArray(CompletableFuture[]::new))
                .thenApply(any -> known(topicIds));
    }

    /** What has been asked about ids without a name a moment ago, or else now; each completes normally. */
    private Set<CompletableFuture<Void>> questions(Collection<Uuid> topicIds) {
        long now = nanoClock.getAsLong();
        Set<CompletableFuture<Void>> questions = new HashSet<>();
        Set<Uuid> toAsk = new LinkedHashSet<>();
        for (Uuid id : topicIds) {
            Question question = names.containsKey(id) ? null : asked.get(id);
            if (question != null && question.counts(now)) {
                questions.add(question.answer());
            } else if (!names.containsKey(id)) {
                toAsk.add(id);
            }
        }
        if (!toAsk.isEmpty()) {
            CompletableFuture<Void> answer = ask(toAsk);
            if (asked.size() + toAsk.size() > MAX_ASKED) {
                asked.clear();
            }
            toAsk.forEach(id -> asked.put(id, new Question(answer, now)));
            questions.add(answer);
        }
        return questions;
    }

    private CompletableFuture<Void> ask(Set<Uuid> topicIds) {
        List<MetadataRequestData.MetadataRequestTopic> topics = topicIds.stream()
                .map(id -> new MetadataRequestData.MetadataRequestTopic()
                        .setTopicId(id)
                        .setName(null))
                .toList();
        return metadata.apply(new MetadataRequestData().setTopics(topics).setAllowAutoTopicCreation(false))
                .thenAccept(this::learn)
                .completeOnTimeout(null, DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> {
                    log.debug("names of topics cannot be asked for: {}", failure.toString());
                    return null;
                });
    }

    private Map<Uuid, String> known(Collection<Uuid> topicIds) {
        Map<Uuid, String> known = new HashMap<>();
        for (Uuid id : topicIds) {
            String name = names.get(id);
            if (name != null) {
                known.put(id, name);
            }
        }
        return known;
    }
}
