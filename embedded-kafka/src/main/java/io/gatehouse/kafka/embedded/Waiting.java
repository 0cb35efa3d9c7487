/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaFuture;

/** Waits for what runs elsewhere, never longer than a minute. All methods throw {@link IllegalStateException}. */
final class Waiting {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private Waiting() {}

    /** For what Kafka offers no notification of. */
    static void until(String expectation, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException(
                        "not within %d s (expected: %s)".formatted(PATIENCE.toSeconds(), expectation));
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted (expected: " + expectation + ")");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    static <T> T resultOf(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        } catch (TimeoutException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interruption);
        }
    }

    /** Runs each of {@code actions} in a thread of its own; returns when all have ended. */
    static void forAll(Stream<Runnable> actions) {
        CompletableFuture<?>[] running = actions.toList().stream()
                .map(action -> CompletableFuture.runAsync(action, task -> new Thread(task, "embedded-kafka").start()))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(running).join();
    }
}
