/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.InterceptionContext;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/**
 * Names before records: what a policy says about a topic's records must not depend on whether the gateway has met the topic's id. At once
 * when it has, which is the rule.
 */
final class NamedTopics {

    /** More than the cluster may take to be asked. */
    static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));

    private final ActiveInterceptor owner;
    private final EventExecutor eventLoop;

    NamedTopics(ActiveInterceptor owner, EventExecutor eventLoop) {
        this.owner = owner;
        this.eventLoop = eventLoop;
    }

    /** Decides when the names are known, or cannot be known, on the event loop. */
    CompletionStage<Decision> decide(
            Collection<Uuid> topicIds, InterceptionContext context, Supplier<Decision> decision) {
        List<Uuid> unknown = topicIds.stream()
                .filter(id -> context.topics().nameOf(id).isEmpty())
                .toList();
        if (unknown.isEmpty()) {
            return CompletableFuture.completedFuture(decision.get());
        }
        CompletableFuture<Decision> decided = new CompletableFuture<>();
        context.topics().namesOf(unknown).whenComplete((names, failure) -> {
            if (eventLoop.inEventLoop()) {
                decide(decision, decided);
            } else {
                eventLoop.execute(() -> decide(decision, decided));
            }
        });
        return decided;
    }

    private void decide(Supplier<Decision> decision, CompletableFuture<Decision> decided) {
        ClassLoader before = owner.enter();
        try {
            decided.complete(decision.get());
        } catch (Throwable e) {
            decided.completeExceptionally(e);
        } finally {
            owner.exit(before);
        }
    }
}
