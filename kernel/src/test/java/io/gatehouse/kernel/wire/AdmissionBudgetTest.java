/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.wire.AdmissionBudget.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionBudgetTest {

    private final AdmissionBudget budget = new AdmissionBudget(100);
    private final List<String> admitted = new ArrayList<>();

    @Test
    void whatFitsIsReservedAtOnce() {
        assertThat(budget.tryReserve(60)).isTrue();
        assertThat(budget.tryReserve(40)).isTrue();
        assertThat(budget.tryReserve(1)).isFalse();

        assertThat(budget.reserved()).isEqualTo(100);
        budget.release(60);
        assertThat(budget.tryReserve(60)).isTrue();
    }

    @Test
    void exactlyTheCapacityFits() {
        assertThat(budget.tryReserve(101)).isFalse();
        assertThat(budget.tryReserve(100)).isTrue();
    }

    @Test
    void aWaiterIsAdmittedWhenThereIsRoom() {
        budget.tryReserve(100);
        waiter("a", 50);
        assertThat(admitted).isEmpty();

        budget.release(49);
        assertThat(admitted).isEmpty();
        budget.release(1);

        assertThat(admitted).containsExactly("a");
        assertThat(budget.reserved()).isEqualTo(100);
    }

    @Test
    void aWaiterForWhomThereIsRoomIsAdmittedAtOnce() {
        waiter("a", 50);

        assertThat(admitted).containsExactly("a");
        assertThat(budget.reserved()).isEqualTo(50);
    }

    @Test
    void aLargeFrameIsNotStarvedBySmallOnes() {
        budget.tryReserve(100);
        waiter("large", 90);
        waiter("small", 1);

        budget.release(50);
        assertThat(budget.tryReserve(1)).as("behind the one who waits").isFalse();
        assertThat(admitted).isEmpty();
        budget.release(50);

        assertThat(admitted).containsExactly("large", "small");
    }

    @Test
    void whoCancelsLetsTheNextOneThrough() {
        budget.tryReserve(60);
        Waiter large = waiter("large", 50);
        waiter("small", 40);

        assertThat(budget.cancel(large)).isTrue();

        assertThat(admitted).containsExactly("small");
        assertThat(budget.reserved()).isEqualTo(100);
    }

    @Test
    void whoCancelsTooLateMustRelease() {
        Waiter waiter = waiter("a", 50);

        assertThat(budget.cancel(waiter)).isFalse();

        assertThat(budget.reserved()).isEqualTo(50);
    }

    @Test
    void admissionsRunOnTheirOwnExecutor() {
        List<Runnable> tasks = new ArrayList<>();
        budget.await(10, tasks::add, () -> admitted.add("a"));

        assertThat(admitted).isEmpty();
        tasks.forEach(Runnable::run);
        assertThat(admitted).containsExactly("a");
    }

    @Test
    void manyThreadsNeverHoldMoreThanTheCapacityAndAllAreAdmitted() throws Exception {
        AdmissionBudget shared = new AdmissionBudget(1_000);
        AtomicLong held = new AtomicLong();
        AtomicLong highest = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                running.add(threads.submit(() -> {
                    for (int round = 0; round < 5_000; round++) {
                        long bytes = 1 + ThreadLocalRandom.current().nextInt(1_000);
                        if (!shared.tryReserve(bytes)) {
                            CompletableFuture<Void> waiting = new CompletableFuture<>();
                            shared.await(bytes, Runnable::run, () -> waiting.complete(null));
                            waiting.join();
                        }
                        highest.accumulateAndGet(held.addAndGet(bytes), Math::max);
                        held.addAndGet(-bytes);
                        shared.release(bytes);
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(highest.get()).isBetween(1L, 1_000L);
        assertThat(shared.reserved()).isZero();
    }

    private Waiter waiter(String name, long bytes) {
        return budget.await(bytes, Runnable::run, () -> admitted.add(name));
    }
}
