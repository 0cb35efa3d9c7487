/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.spi.interception.ClusterGroups;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinators of one cluster said last of groups that were asked for. Those who ask for the same group at once share one
 * question. Thread-safe.
 */
final class KnownGroups implements ClusterGroups {

    static final Duration REMEMBERED = Duration.ofSeconds(30);

    /** After a question that was not answered. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** How long whoever could go on with what was said before waits for news. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How long others wait: less than clients wait for a response. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final int MAX_GROUPS = 10_000;

    private final Function<Collection<String>, CompletableFuture<Map<String, Boolean>>> coordinators;
    private final BooleanSupplier canAsk;
    private final LongSupplier nanoClock;
    private final ConcurrentHashMap<String, Known> known = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> asking = new HashMap<>();

    /** @param exists null when no coordinator has said so far */
    private record Known(@Nullable Boolean exists, long untilNanos) {}

    /**
     * @param coordinators asks them; a group whose coordinator does not answer is absent, or the future fails
     * @param canAsk whether there is any way to ask
     */
    KnownGroups(
            Function<Collection<String>, CompletableFuture<Map<String, Boolean>>> coordinators,
            BooleanSupplier canAsk,
            LongSupplier nanoClock) {
        this.coordinators = coordinators;
        this.canAsk = canAsk;
        this.nanoClock = nanoClock;
    }

    @Override
    public CompletionStage<Map<String, Boolean>> exist(Collection<String> groupIds) {
        if (!canAsk.getAsBoolean()) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException(
                            "the cluster's groups cannot be asked for (expected: credentials of the gateway in the cluster's properties)"));
        }
        long now = nanoClock.getAsLong();
        Set<String> asked = new HashSet<>(0);
        boolean canGoOn = true;
        for (String groupId : groupIds) {
            Known group = known.get(groupId);
            if (group == null || group.untilNanos() - now <= 0) {
                asked.add(groupId);
                canGoOn &= group != null && group.exists() != null;
            }
        }
        if (asked.isEmpty()) {
            return CompletableFuture.completedFuture(known(groupIds));
        }
        Duration patience = canGoOn ? PATIENCE : LONGEST;
        return ask(asked)
                .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(done -> known(groupIds));
    }

    private Map<String, Boolean> known(Collection<String> groupIds) {
        Map<String, Boolean> exist = new HashMap<>();
        for (String groupId : groupIds) {
            Known group = known.get(groupId);
            if (group != null && group.exists() != null) {
                exist.put(groupId, group.exists());
            }
        }
        return exist;
    }

    /** A future of its own, which completes, never exceptionally, when each of them was answered or could not be. */
    private CompletableFuture<Void> ask(Set<String> groupIds) {
        List<CompletableFuture<Void>> questions = new ArrayList<>();
        List<String> notAskedYet = new ArrayList<>();
        CompletableFuture<Void> question = new CompletableFuture<>();
        synchronized (asking) {
            for (String groupId : groupIds) {
                CompletableFuture<Void> running = asking.putIfAbsent(groupId, question);
                if (running == null) {
                    notAskedYet.add(groupId);
                } else {
                    questions.add(running);
                }
            }
        }
        if (!notAskedYet.isEmpty()) {
            questions.add(question);
            answers(notAskedYet).whenComplete((exist, failure) -> {
                learn(notAskedYet, failure == null ? exist : Map.of());
                question.complete(null);
            });
        }
        return CompletableFuture.allOf(questions.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Map<String, Boolean>> answers(List<String> groupIds) {
        try {
            return coordinators.apply(groupIds);
        } catch (RuntimeException e) {
            // The event loop has ended.
            return CompletableFuture.failedFuture(e);
        }
    }

    private void learn(List<String> groupIds, Map<String, Boolean> exist) {
        if (known.size() > MAX_GROUPS) {
            known.clear();
        }
        long now = nanoClock.getAsLong();
        for (String groupId : groupIds) {
            Boolean exists = exist.get(groupId);
            Duration valid = exists == null ? RETRY : REMEMBERED;
            known.compute(
                    groupId,
                    (id, before) -> new Known(
                            exists == null && before != null ? before.exists() : exists, now + valid.toNanos()));
        }
        synchronized (asking) {
            groupIds.forEach(asking::remove);
        }
    }
}
