/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.broker.GroupCoordinator.Described;
import io.gatehouse.kernel.broker.GroupCoordinator.Presence;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionQueueTest {

    private final EventLoop loop = new DefaultEventLoop();
    private final List<List<GroupQuestion>> batches = new ArrayList<>();
    private final List<CompletableFuture<Void>> running = new ArrayList<>();
    private final QuestionQueue queue =
            new QuestionQueue("broker", loop, this::ask, new GroupProblems("local", System::nanoTime));

    private CompletableFuture<Void> ask(List<GroupQuestion> batch) {
        batches.add(batch);
        running.add(new CompletableFuture<>());
        return running.get(running.size() - 1);
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void oneBatchOfBoundedSizeIsAskedForAtATime() throws Exception {
        onLoop(() -> queue.add(questions(1)));
        onLoop(() -> queue.add(questions(QuestionQueue.BATCH)));
        onLoop(() -> queue.add(questions(1)));

        assertThat(batches).hasSize(1);
        onLoop(() -> running.get(0).complete(null));
        onLoop(() -> running.get(1).complete(null));
        onLoop(() -> running.get(2).complete(null));
        assertThat(batches).extracting(List::size).containsExactly(1, QuestionQueue.BATCH, 1);
        assertThat(queue.isIdle()).isTrue();
    }

    @Test
    void afterABatchThatFailsComesTheNext() throws Exception {
        List<GroupQuestion> failing = questions(2);
        List<GroupQuestion> waiting = questions(1);
        onLoop(() -> queue.add(failing));
        onLoop(() -> queue.add(waiting));
        onLoop(() -> running.get(0).completeExceptionally(new IllegalStateException("no broker")));

        assertThat(failing).allSatisfy(question -> assertThat(question.answer()).isCompletedExceptionally());
        assertThat(batches).hasSize(2);
        assertThat(waiting.get(0).answer()).isNotDone();
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotAsked() throws Exception {
        List<GroupQuestion> over = questions(2);
        onLoop(() -> queue.add(questions(1)));
        onLoop(() -> queue.add(over));
        over.get(0).answer().completeExceptionally(new IllegalStateException("too late"));
        onLoop(() -> running.get(0).complete(null));

        assertThat(batches.get(1)).containsExactly(over.get(1));
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, Stable, PRESENT",
        "NONE, Empty, PRESENT",
        "NONE, Dead, ABSENT",
        "TOPIC_AUTHORIZATION_FAILED, '', PRESENT",
        "GROUP_ID_NOT_FOUND, '', ABSENT",
        "UNSUPPORTED_VERSION, '', ABSENT",
        "GROUP_AUTHORIZATION_FAILED, '', UNKNOWN",
        "NOT_COORDINATOR, '', UNKNOWN"
    })
    void whatACoordinatorSaysOfAGroup(Errors error, String state, Presence presence) {
        assertThat(new Described("g", error.code(), state).presence()).isEqualTo(presence);
    }

    private static List<GroupQuestion> questions(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new GroupQuestion("g" + i))
                .toList();
    }

    /** Comes back when the loop has nothing to do any more. */
    private void onLoop(Runnable task) throws Exception {
        loop.submit(task).get(10, TimeUnit.SECONDS);
        loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
    }
}
