/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.spi.interception.TopicNames;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;

/** The map between topic ids and names of one cluster. Topic ids are never used again, so an entry is never wrong. Thread-safe. */
final class ClusterTopics implements TopicNames {

    /** Beyond so many the map starts anew, so that topics that come and go for years do not fill the memory. */
    private static final int MAX_ENTRIES = 500_000;

    private final ConcurrentHashMap<Uuid, String> names = new ConcurrentHashMap<>();
    private final Function<MetadataRequestData, CompletableFuture<MetadataResponseData>> metadata;

    ClusterTopics(Function<MetadataRequestData, CompletableFuture<MetadataResponseData>> metadata) {
        this.metadata = metadata;
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
        List<MetadataRequestData.MetadataRequestTopic> unknown = topicIds.stream()
                .filter(id -> !known.containsKey(id))
                .distinct()
                .map(id -> new MetadataRequestData.MetadataRequestTopic()
                        .setTopicId(id)
                        .setName(null))
                .toList();
        return metadata.apply(new MetadataRequestData().setTopics(unknown).setAllowAutoTopicCreation(false))
                .thenApply(response -> {
                    learn(response);
                    return known(topicIds);
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
