/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection that does not authenticate, stops in the middle of a frame, or is idle or open for too long. On the connection's event loop;
 * looks now and then instead of keeping a timer per frame.
 */
final class Watchdog {

    private static final long SHORTEST_LOOK_MILLIS = 10;
    private static final double YOUNGEST = 0.75;

    private final ClientConnection connection;
    private final ClientLimits limits;
    private long lastProgressNanos = System.nanoTime();
    private @Nullable Future<?> looks;
    private @Nullable Future<?> oldAge;

    Watchdog(ClientConnection connection, ClientLimits limits) {
        this.connection = connection;
        this.limits = limits;
    }

    void start() {
        progress();
        long shortest = Math.min(
                limits.frameProgress().toMillis(), limits.authentication().toMillis());
        long millis = Math.max(SHORTEST_LOOK_MILLIS, shortest / 2);
        looks = connection.executor().scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
        if (!limits.maxAge().isZero()) {
            // Clients that came together, after a gateway's restart say, must not all come again together.
            long age = (long)
                    (limits.maxAge().toMillis() * ThreadLocalRandom.current().nextDouble(YOUNGEST, 1));
            oldAge = connection
                    .executor()
                    .schedule(
                            () -> connection.endWhenAnswered("age", "older than " + age + " ms"),
                            age,
                            TimeUnit.MILLISECONDS);
        }
    }

    void stop() {
        if (looks != null) {
            looks.cancel(false);
        }
        if (oldAge != null) {
            oldAge.cancel(false);
        }
    }

    /** Bytes have moved in some direction, or a pause of the gateway's own has ended. */
    void progress() {
        lastProgressNanos = System.nanoTime();
    }

    private void look() {
        long silentNanos = System.nanoTime() - lastProgressNanos;
        if (connection.chain() == null
                && connection.login().ageNanos() > limits.authentication().toNanos()) {
            connection.close("timeout", "not authenticated within " + limits.authentication());
            return;
        }
        if (connection.isInMidFrame() && silentNanos > limits.frameProgress().toNanos()) {
            connection.close("timeout", "a frame made no progress within " + limits.frameProgress());
            return;
        }
        if (silentNanos > limits.maxIdle().toNanos()) {
            connection.close("idle", "idle for " + limits.maxIdle());
        }
    }
}
