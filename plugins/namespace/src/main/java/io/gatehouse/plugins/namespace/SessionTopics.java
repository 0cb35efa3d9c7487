/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.interception.TopicNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * What one fetch or share session of a broker keeps in place of the topics that its client named. A broker that does not know an id answers
 * so at every fetch until it does, and so does this: a client says an id once, and its topic may be heard of later. Then the stand-in
 * leaves the session, and the topic enters it as the client named it. Belongs to the connection's event loop.
 */
final class SessionTopics {

    /** Brokers answer at once while an id is unknown, and clients come again at once. */
    private static final long ASKING_NANOS = Duration.ofMillis(100).toNanos();

    private static final int MAX_PARTITIONS = 10_000;

    private final StandIns standIns = new StandIns();
    private final Map<Uuid, Map<Integer, FetchRequestData.FetchPartition>> partitions = new HashMap<>(0);
    private final Set<Uuid> left = new HashSet<>(0);
    private int kept;
    private long askedNanos = System.nanoTime();

    StandIns standIns() {
        return standIns;
    }

    /** Whether there is nothing to be remembered: the rule. */
    boolean isEmpty() {
        return standIns.isEmpty();
    }

    /** Ids that stand-ins are in the session for and whose names are not known; none when that was asked for a moment ago. */
    List<Uuid> toBeAsked(TopicNames names) {
        if (partitions.isEmpty() || System.nanoTime() - askedNanos < ASKING_NANOS) {
            return List.of();
        }
        askedNanos = System.nanoTime();
        return partitions.keySet().stream()
                .filter(id -> names.nameOf(id).isEmpty())
                .toList();
    }

    /** Before a request of the session is renamed. */
    void begin() {
        left.forEach(standIns::forget);
        left.clear();
    }

    /**
     * After a request of the session has been renamed: lets topics in that the client sees by now, and remembers for what there are
     * stand-ins.
     *
     * @return whether the request has changed
     */
    boolean renamed(ApiMessage request, Predicate<Uuid> isSeen) {
        if (isEmpty()) {
            return false;
        }
        boolean changed = settle(request, isSeen);
        keep(request);
        return changed;
    }

    private boolean settle(ApiMessage request, Predicate<Uuid> isSeen) {
        List<Uuid> seen = partitions.keySet().stream().filter(isSeen).toList();
        for (Uuid id : seen) {
            var named = Objects.requireNonNull(partitions.remove(id));
            kept -= named.size();
            Uuid standIn = standIns.of(id, null);
            if (request instanceof FetchRequestData fetch) {
                enter(fetch, id, named);
                fetch.forgottenTopicsData()
                        .add(new FetchRequestData.ForgottenTopic()
                                .setTopicId(standIn)
                                .setPartitions(List.copyOf(named.keySet())));
            } else if (request instanceof ShareFetchRequestData fetch) {
                enter(fetch, id, named.keySet());
                fetch.forgottenTopicsData()
                        .add(new ShareFetchRequestData.ForgottenTopic()
                                .setTopicId(standIn)
                                .setPartitions(List.copyOf(named.keySet())));
            }
            standIns.forget(id);
        }
        return !seen.isEmpty();
    }

    /** What the client names again in this very request counts as it stands there. */
    private static void enter(
            FetchRequestData fetch, Uuid id, Map<Integer, FetchRequestData.FetchPartition> partitions) {
        FetchRequestData.FetchTopic topic = fetch.topics().stream()
                .filter(named -> named.topicId().equals(id))
                .findFirst()
                .orElseGet(() -> {
                    FetchRequestData.FetchTopic entering =
                            new FetchRequestData.FetchTopic().setTopicId(id).setPartitions(new ArrayList<>());
                    fetch.topics().add(entering);
                    return entering;
                });
        partitions.forEach((index, partition) -> {
            if (topic.partitions().stream().noneMatch(named -> named.partition() == index)) {
                topic.partitions().add(partition);
            }
        });
    }

    private static void enter(ShareFetchRequestData fetch, Uuid id, Set<Integer> partitions) {
        ShareFetchRequestData.FetchTopic topic = fetch.topics().find(id);
        if (topic == null) {
            topic = new ShareFetchRequestData.FetchTopic().setTopicId(id);
            fetch.topics().add(topic);
        }
        for (int index : partitions) {
            if (topic.partitions().find(index) == null) {
                topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(index));
            }
        }
    }

    private void keep(ApiMessage request) {
        if (request instanceof FetchRequestData fetch) {
            fetch.topics().forEach(topic -> topic.partitions().forEach(partition -> keep(topic.topicId(), partition)));
            fetch.forgottenTopicsData().forEach(topic -> drop(topic.topicId(), topic.partitions()));
        } else if (request instanceof ShareFetchRequestData fetch) {
            // Of a partition of a share session there is nothing but its number.
            fetch.topics()
                    .forEach(topic -> topic.partitions()
                            .forEach(partition -> keep(
                                    topic.topicId(),
                                    new FetchRequestData.FetchPartition().setPartition(partition.partitionIndex()))));
            fetch.forgottenTopicsData().forEach(topic -> drop(topic.topicId(), topic.partitions()));
        }
    }

    private void keep(Uuid id, FetchRequestData.FetchPartition partition) {
        StandIns.StandIn standIn = standIns.find(id);
        if (standIn == null || kept >= MAX_PARTITIONS) {
            return;
        }
        var before = partitions
                .computeIfAbsent(standIn.clients(), any -> new TreeMap<>())
                .put(partition.partition(), partition);
        kept += before == null ? 1 : 0;
    }

    private void drop(Uuid id, List<Integer> forgotten) {
        StandIns.StandIn standIn = standIns.find(id);
        var named = standIn == null ? null : partitions.get(standIn.clients());
        if (named == null) {
            return;
        }
        for (Integer index : forgotten) {
            kept -= named.remove(index) == null ? 0 : 1;
        }
        if (named.isEmpty()) {
            partitions.remove(standIn.clients());
            // The response to this request may still name it.
            left.add(standIn.clients());
        }
    }
}
