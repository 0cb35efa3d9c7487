/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Subscriptions;
import io.gatehouse.spi.interception.TopicNames;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/** Names of topic ids as interceptors see them when another one renames topics. */
class LinkTopicsTest {

    private static final Uuid OWN = Uuid.randomUuid();
    private static final Uuid FOREIGN = Uuid.randomUuid();

    private final Map<String, TopicNames> topics = new HashMap<>();

    @Test
    void whoIsNearerToTheClientSeesTheNamesThatARenamingInterceptorGives() {
        TestChain chain = new TestChain();
        chain.host.names.putAll(Map.of(OWN, "team-a.orders", FOREIGN, "orders"));
        chain.then(keeps("outer")).then(LinkTopicsTest::strips);

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        assertThat(topics.get("outer").nameOf(OWN)).contains("orders");
        assertThat(topics.get("outer").nameOf(FOREIGN)).isEmpty();
        assertThat(topics.get("outer").namesOf(List.of(OWN, FOREIGN))).isCompletedWithValue(Map.of(OWN, "orders"));
        assertThat(topics.get("outer").nameOf(Uuid.randomUuid())).isEmpty();
    }

    @Test
    void whoIsNearerToTheBrokerAndTheRenamingOneItselfSeeTheClustersNames() {
        TestChain chain = new TestChain();
        chain.host.names.put(OWN, "team-a.orders");
        chain.then(on -> {
                    strips(on);
                    keeps("itself").accept(on);
                })
                .then(keeps("inner"));

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        assertThat(topics.get("itself").nameOf(OWN)).contains("team-a.orders");
        assertThat(topics.get("inner").nameOf(OWN)).contains("team-a.orders");
    }

    @Test
    void aRenamingThatThrowsShowsNothing() {
        TestChain chain = new TestChain();
        chain.host.names.put(OWN, "team-a.orders");
        chain.then(keeps("outer"))
                .then(on -> on.topicNames(name -> {
                    throw new IllegalStateException("broken");
                }));

        chain.request(ApiKeys.METADATA, new MetadataRequestData());

        assertThat(topics.get("outer").nameOf(OWN)).isEmpty();
        assertThat(chain.type.get(1).failures).hasSize(1);
    }

    @Test
    void answersComeOnTheEventLoop() throws Exception {
        DefaultEventExecutor loop = new DefaultEventExecutor();
        try {
            TestChain chain = new TestChain(loop);
            chain.host.asked = new CompletableFuture<>();
            CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
            chain.then(on -> on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> {
                context.topics().namesOf(List.of(OWN)).thenAccept(names -> onLoop.complete(loop.inEventLoop()));
                return Decision.forward();
            }));
            loop.submit(() -> chain.request(ApiKeys.METADATA, new MetadataRequestData()))
                    .get();

            chain.host.asked.complete(Map.of(OWN, "orders"));

            assertThat(onLoop.get(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        }
    }

    private Consumer<Subscriptions> keeps(String name) {
        return on -> on.request(ApiKeys.METADATA, MetadataRequestData.class, (request, context) -> {
            topics.put(name, context.topics());
            return Decision.forward();
        });
    }

    private static void strips(Subscriptions on) {
        on.topicNames(name ->
                name.startsWith("team-a.") ? Optional.of(name.substring("team-a.".length())) : Optional.empty());
    }
}
