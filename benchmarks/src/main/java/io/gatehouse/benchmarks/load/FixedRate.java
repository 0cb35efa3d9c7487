/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.gatehouse.benchmarks.target.Target;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Requests at a fixed rate over one connection, each timed from the moment at which it was due: a stall of the other side counts for every
 * request that had to wait for it (no coordinated omission).
 */
public final class FixedRate {

    private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int DIGITS = 3;

    private FixedRate() {}

    /** Returns the latencies in nanoseconds. */
    public static Histogram run(Target target, byte[] frame, int perSecond, Duration duration)
            throws IOException, InterruptedException {
        int count = Math.toIntExact(perSecond * duration.toMillis() / 1000);
        long interval = Duration.ofSeconds(1).toNanos() / perSecond;
        Histogram latencies = new Histogram(HIGHEST_NANOS, DIGITS);
        try (RawKafkaClient client = Login.connect(target)) {
            Request.tryOut(target, frame);
            long first = System.nanoTime() + interval;
            CompletableFuture<Void> reader = CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < count; i++) {
                            read(client);
                            latencies.recordValue(System.nanoTime() - (first + i * interval));
                        }
                    },
                    task -> new Thread(task, "fixed-rate-reader").start());
            for (int i = 0; i < count && !reader.isDone(); i++) {
                long due = first + i * interval;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                client.send(frame);
            }
            reader.get();
            return latencies;
        } catch (ExecutionException e) {
            throw new IOException(target.name() + ": fixed rate", e.getCause());
        }
    }

    private static void read(RawKafkaClient client) {
        try {
            client.readFrame();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
