/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.junit.jupiter.api.Test;

class ClusterTopicsTest {

    private static final Uuid ORDERS = Uuid.randomUuid();
    private static final Uuid NOBODYS = Uuid.randomUuid();

    private final List<MetadataRequestData> asked = new ArrayList<>();
    private final List<CompletableFuture<MetadataResponseData>> answers = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final ClusterTopics topics = new ClusterTopics(
            request -> {
                asked.add(request);
                answers.add(new CompletableFuture<>());
                return answers.get(answers.size() - 1);
            },
            nanos::get);

    @Test
    void aNameIsAskedForOnce() {
        var first = topics.namesOf(List.of(ORDERS));
        answers.get(0).complete(orders());

        assertThat(first).isCompletedWithValue(Map.of(ORDERS, "orders"));
        assertThat(topics.namesOf(List.of(ORDERS))).isCompletedWithValue(Map.of(ORDERS, "orders"));
        assertThat(asked).hasSize(1);
    }

    @Test
    void whoAsksMeanwhileGetsTheSameAnswer() {
        var first = topics.namesOf(List.of(ORDERS));
        var second = topics.namesOf(List.of(ORDERS, NOBODYS));

        answers.get(1).complete(new MetadataResponseData());
        assertThat(second.toCompletableFuture()).isNotDone();
        answers.get(0).complete(orders());

        assertThat(asked)
                .extracting(request ->
                        request.topics().stream().map(topic -> topic.topicId()).toList())
                .containsExactly(List.of(ORDERS), List.of(NOBODYS));
        assertThat(first).isCompletedWithValue(Map.of(ORDERS, "orders"));
        assertThat(second).isCompletedWithValue(Map.of(ORDERS, "orders"));
    }

    @Test
    void whatIsUnknownIsAskedForAgainAMomentLater() {
        topics.namesOf(List.of(ORDERS));
        answers.get(0).complete(new MetadataResponseData());

        nanos.addAndGet(Duration.ofMillis(499).toNanos());
        assertThat(topics.namesOf(List.of(ORDERS))).isCompletedWithValue(Map.of());
        assertThat(asked).hasSize(1);
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        var later = topics.namesOf(List.of(ORDERS));
        answers.get(1).complete(orders());

        assertThat(later).isCompletedWithValue(Map.of(ORDERS, "orders"));
    }

    @Test
    void whatClientsLearnCountsAtOnce() {
        topics.namesOf(List.of(ORDERS));
        answers.get(0).complete(new MetadataResponseData());
        topics.learn(ORDERS, "orders");

        assertThat(topics.namesOf(List.of(ORDERS))).isCompletedWithValue(Map.of(ORDERS, "orders"));
    }

    @Test
    void aClusterThatCannotBeAskedKnowsNothing() {
        var names = topics.namesOf(List.of(ORDERS));
        answers.get(0).completeExceptionally(new IllegalStateException("no credentials"));

        assertThat(names).isCompletedWithValue(Map.of());
    }

    @Test
    void aClusterThatDoesNotAnswerKnowsNothing() {
        assertThat(topics.namesOf(List.of(ORDERS)))
                .succeedsWithin(Duration.ofSeconds(10))
                .isEqualTo(Map.of());
    }

    private static MetadataResponseData orders() {
        MetadataResponseData response = new MetadataResponseData();
        response.topics()
                .add(new MetadataResponseData.MetadataResponseTopic()
                        .setTopicId(ORDERS)
                        .setName("orders"));
        return response;
    }
}
