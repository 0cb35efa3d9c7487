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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinators of one cluster said last of groups that were asked for. Those who ask for the same group at once share one
 * question; what was said is served while a coordinator is asked anew, so that one that hangs delays nobody who can go on. Thread-safe.
 */
final class KnownGroups implements ClusterGroups {

    static final Duration REMEMBERED = Duration.ofSeconds(30);

    /** How much longer it is served, while it is asked for behind; of a coordinator that does not answer, again each time it has not. */
    static final Duration SERVED_ON = Duration.ofSeconds(30);

    /** After a question that was not answered. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** No question runs longer, whatever becomes of it. */
    static final Duration DEADLINE = Duration.ofSeconds(30);

    /** Names that are remembered, and names that are being asked for: for all of them, as a client can think of any number. */
    static final int MAX_GROUPS = 10_000;

    /** Names that one request has asked for. */
    static final int MAX_ASKED = 2_000;

    /** Brokers take up to 32 KiB. */
    static final int MAX_LENGTH = 1_000;

    /** How long whoever could go on with what was said long ago waits for news. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How long others wait: less than clients wait for a response. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Consumer<List<GroupQuestion>> coordinators;
    private final BooleanSupplier canAsk;
    private final LongSupplier nanoClock;

    /** The oldest first. */
    private final LinkedHashMap<String, Known> known = new LinkedHashMap<>();

    private final Map<String, Asked> asking = new HashMap<>();

    /** @param exists null when no coordinator has said so far */
    private record Known(@Nullable Boolean exists, long untilNanos, long servedUntilNanos) {}

    /** @param learnt never exceptionally; null when the coordinator does not say */
    private record Asked(GroupQuestion question, CompletableFuture<@Nullable Boolean> learnt) {}

    /**
     * @param coordinators answer the questions
     * @param canAsk whether there is any way to ask
     */
    KnownGroups(Consumer<List<GroupQuestion>> coordinators, BooleanSupplier canAsk, LongSupplier nanoClock) {
        this.coordinators = coordinators;
        this.canAsk = canAsk;
        this.nanoClock = nanoClock;
    }

    @Override
    public boolean canAsk() {
        return canAsk.getAsBoolean();
    }

    @Override
    public CompletionStage<Map<String, Boolean>> exist(Collection<String> groupIds) {
        return answer(groupIds, false);
    }

    @Override
    public CompletionStage<Map<String, Boolean>> stillExist(Collection<String> groupIds) {
        return answer(groupIds, true);
    }

    private CompletionStage<Map<String, Boolean>> answer(Collection<String> groupIds, boolean still) {
        Map<String, Boolean> exist = new HashMap<>();
        if (!canAsk()) {
            return CompletableFuture.completedFuture(exist);
        }
        List<Asked> awaited = new ArrayList<>(0);
        List<GroupQuestion> questions = new ArrayList<>(0);
        boolean canGoOn = true;
        long now = nanoClock.getAsLong();
        synchronized (this) {
            for (String groupId : groupIds) {
                Known group = known.get(groupId);
                Boolean said = group == null ? null : group.exists();
                boolean suspect = still && said != null && said;
                if (said != null && !suspect) {
                    exist.put(groupId, said);
                }
                if (group != null && !suspect && now - group.untilNanos() < 0) {
                    continue;
                }
                Asked asked = ask(groupId, still, questions);
                boolean serves = exist.containsKey(groupId);
                boolean waits = !serves || group == null || now - group.servedUntilNanos() >= 0;
                if (asked != null && waits) {
                    awaited.add(asked);
                    canGoOn &= serves;
                }
            }
        }
        send(questions);
        if (awaited.isEmpty()) {
            return CompletableFuture.completedFuture(exist);
        }
        Duration patience = canGoOn ? PATIENCE : LONGEST;
        return CompletableFuture.allOf(awaited.stream().map(Asked::learnt).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(done -> {
                    awaited.forEach(asked -> take(asked, exist));
                    return exist;
                });
    }

    /**
     * The question for a group, which may be running.
     *
     * @param anew whether its answer must not be of before
     * @param questions gets it, if it has to be sent
     * @return null when there are too many
     */
    private @Nullable Asked ask(String groupId, boolean anew, List<GroupQuestion> questions) {
        Asked running = asking.get(groupId);
        if (running != null && !(anew && running.question().isSent())) {
            return running;
        }
        boolean tooMany = questions.size() >= MAX_ASKED || (running == null && asking.size() >= MAX_GROUPS);
        if (tooMany || groupId.length() > MAX_LENGTH) {
            return null;
        }
        GroupQuestion question = new GroupQuestion(groupId);
        CompletableFuture<@Nullable Boolean> learnt = question.answer()
                .orTimeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((exists, failure) -> learn(question, failure == null ? exists : null));
        Asked asked = new Asked(question, learnt);
        asking.put(groupId, asked);
        questions.add(question);
        return asked;
    }

    private void send(List<GroupQuestion> questions) {
        if (questions.isEmpty()) {
            return;
        }
        try {
            coordinators.accept(questions);
        } catch (RuntimeException e) {
            // The event loop has ended.
            questions.forEach(question -> question.answer().completeExceptionally(e));
        }
    }

    private @Nullable Boolean learn(GroupQuestion question, @Nullable Boolean exists) {
        String groupId = question.groupId();
        synchronized (this) {
            Asked asked = asking.get(groupId);
            // Else somebody has asked once more since, for what is later.
            if (asked != null && asked.question() == question) {
                asking.remove(groupId);
                remember(groupId, exists);
            }
        }
        return exists;
    }

    private void remember(String groupId, @Nullable Boolean exists) {
        long now = nanoClock.getAsLong();
        Known before = known.remove(groupId);
        Boolean said = exists == null && before != null ? before.exists() : exists;
        long until = now + (exists == null ? RETRY : REMEMBERED).toNanos();
        known.put(groupId, new Known(said, until, until + SERVED_ON.toNanos()));
        if (known.size() > MAX_GROUPS) {
            known.remove(known.keySet().iterator().next());
        }
    }

    /** Whoever has waited in vain has done it for all: nobody else does for a while. */
    private void take(Asked asked, Map<String, Boolean> exist) {
        String groupId = asked.question().groupId();
        if (!asked.learnt().isDone()) {
            synchronized (this) {
                remember(groupId, null);
            }
            return;
        }
        Boolean said = asked.learnt().join();
        if (said != null) {
            exist.put(groupId, said);
        }
    }
}
