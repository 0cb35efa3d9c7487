/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Questions that wait for the one that is being asked, and are then asked together: however many there are, brokers have one request of
 * bounded size at a time. Belongs to an event loop.
 */
final class QuestionQueue {

    static final int BATCH = 500;

    /** Logins, say, have none of their own. */
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final String whom;
    private final EventLoop loop;
    private final Function<List<GroupQuestion>, CompletableFuture<Void>> ask;
    private final GroupProblems problems;
    private final Deque<GroupQuestion> waiting = new ArrayDeque<>();
    private boolean busy;

    /**
     * @param whom who is asked, to operators
     * @param ask answers or passes on each one, or fails: then none of them is answered
     */
    QuestionQueue(
            String whom,
            EventLoop loop,
            Function<List<GroupQuestion>, CompletableFuture<Void>> ask,
            GroupProblems problems) {
        this.whom = whom;
        this.loop = loop;
        this.ask = ask;
        this.problems = problems;
    }

    void add(Collection<GroupQuestion> questions) {
        waiting.addAll(questions);
        next();
    }

    boolean isIdle() {
        return !busy && waiting.isEmpty();
    }

    private void next() {
        if (busy) {
            return;
        }
        List<GroupQuestion> batch = new ArrayList<>();
        while (batch.size() < BATCH && !waiting.isEmpty()) {
            GroupQuestion question = waiting.remove();
            if (!question.answer().isDone()) {
                batch.add(question);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        busy = true;
        CompletableFuture.completedFuture(batch)
                .thenCompose(ask)
                .orTimeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (done, failure) -> {
                            busy = false;
                            if (failure != null) {
                                fail(batch, failure);
                            }
                            next();
                        },
                        loop);
    }

    private void fail(List<GroupQuestion> batch, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        problems.report(
                whom + ": " + (cause instanceof TimeoutException ? "no answer within " + DEADLINE : cause.toString()));
        batch.forEach(question -> question.answer().completeExceptionally(cause));
    }
}
