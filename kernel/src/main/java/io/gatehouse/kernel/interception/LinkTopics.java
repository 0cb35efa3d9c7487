/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.interception.TopicNames;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;

/**
 * Names of topic ids at one link of a chain. What answers later does so on the connection's event loop, where whoever asked has its state.
 * Thread-safe.
 */
final class LinkTopics implements TopicNames {

    private final TopicNames ofCluster;
    private final EventExecutor eventLoop;
    private final List<Renaming> renamings;

    /** What one link, with its owner, makes of a name. */
    private record Renaming(ActiveInterceptor owner, Function<String, Optional<String>> seen) {

        Optional<String> apply(String name) {
            ClassLoader before = owner.enter();
            try {
                return seen.apply(name);
            } catch (Throwable e) {
                owner.failed("topicNames", e);
                return Optional.empty();
            } finally {
                owner.exit(before);
            }
        }
    }

    private LinkTopics(TopicNames ofCluster, EventExecutor eventLoop, List<Renaming> renamings) {
        this.ofCluster = ofCluster;
        this.eventLoop = eventLoop;
        this.renamings = renamings;
    }

    /** Names after the renamings of the links between one and the broker, the broker's first. */
    static LinkTopics at(int link, Link[] links, ChainHost host) {
        List<Renaming> renamings = new ArrayList<>();
        for (int i = links.length - 1; i > link; i--) {
            Function<String, Optional<String>> seen = links[i].renamesTopics();
            if (seen != null) {
                renamings.add(new Renaming(links[i].owner(), seen));
            }
        }
        return new LinkTopics(host.topics(), host.executor(), renamings);
    }

    @Override
    public Optional<String> nameOf(Uuid topicId) {
        return ofCluster.nameOf(topicId).flatMap(this::seen);
    }

    private Optional<String> seen(String name) {
        Optional<String> seen = Optional.of(name);
        for (Renaming renaming : renamings) {
            seen = seen.flatMap(renaming::apply);
        }
        return seen;
    }

    @Override
    public CompletionStage<Map<Uuid, String>> namesOf(Collection<Uuid> topicIds) {
        CompletableFuture<Map<Uuid, String>> answer = new CompletableFuture<>();
        ofCluster.namesOf(topicIds).whenComplete((names, failure) -> {
            if (eventLoop.inEventLoop()) {
                complete(answer, names, failure);
            } else {
                eventLoop.execute(() -> complete(answer, names, failure));
            }
        });
        return answer;
    }

    private void complete(CompletableFuture<Map<Uuid, String>> answer, Map<Uuid, String> names, Throwable failure) {
        if (failure != null) {
            answer.completeExceptionally(failure);
            return;
        }
        Map<Uuid, String> seen = new HashMap<>();
        names.forEach((id, name) -> seen(name).ifPresent(known -> seen.put(id, known)));
        answer.complete(seen);
    }
}
