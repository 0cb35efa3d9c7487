/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.gatehouse.benchmarks.target.Target;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** Clients that come and go, and clients that come and stay. */
public final class Logins {

    private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int DIGITS = 3;

    private Logins() {}

    /**
     * Connects, logs in, asks for metadata (so that the broker is reached too) and disconnects, again and again.
     *
     * @return how long each took, in nanoseconds
     */
    public static Histogram storm(Target target, int threads, Duration duration)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        ExecutorService clients = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Histogram>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(clients.submit(() -> until(target, end)));
            }
            Histogram all = new Histogram(HIGHEST_NANOS, DIGITS);
            for (Future<Histogram> result : results) {
                all.add(result.get());
            }
            return all;
        } catch (ExecutionException e) {
            throw new IOException(target.name() + ": storm of logins", e.getCause());
        } finally {
            clients.shutdownNow();
        }
    }

    private static Histogram until(Target target, long end) throws IOException {
        Histogram took = new Histogram(HIGHEST_NANOS, DIGITS);
        while (System.nanoTime() < end) {
            long begin = System.nanoTime();
            try (RawKafkaClient client = open(target)) {
                took.recordValue(System.nanoTime() - begin);
            }
        }
        return took;
    }

    /** Connects, logs in, and asks for metadata; the caller closes. */
    public static RawKafkaClient open(Target target) throws IOException {
        return Login.connect(target);
    }
}
