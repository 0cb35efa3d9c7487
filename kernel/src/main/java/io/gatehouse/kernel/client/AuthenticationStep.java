/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One step of an authentication, which may end later, or too late: then it has failed. What it yields is passed on once, on the
 * connection's event loop, and not at all when the connection has ended.
 */
final class AuthenticationStep<T> {

    private static final long DEADLINE_MILLIS = 10_000;

    private final ClientConnection connection;
    private final Consumer<T> then;
    private final Consumer<Throwable> failed;
    private boolean settled;
    private @Nullable Future<?> timer;

    AuthenticationStep(ClientConnection connection, Consumer<T> then, Consumer<Throwable> failed) {
        this.connection = connection;
        this.then = then;
        this.failed = failed;
    }

    void await(Supplier<? extends CompletionStage<? extends T>> call) {
        try {
            call.get().whenComplete((result, failure) -> {
                if (connection.executor().inEventLoop()) {
                    settle(result, failure);
                } else {
                    connection.executor().execute(() -> settle(result, failure));
                }
            });
        } catch (RuntimeException | LinkageError e) {
            settle(null, e);
        }
        if (!settled) {
            TimeoutException late = new TimeoutException("no result within " + DEADLINE_MILLIS + " ms");
            timer = connection.executor().schedule(() -> settle(null, late), DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void settle(@Nullable T result, @Nullable Throwable failure) {
        if (settled || connection.isClosed()) {
            return;
        }
        settled = true;
        if (timer != null) {
            timer.cancel(false);
        }
        if (result == null) {
            failed.accept(failure == null ? new NullPointerException("null (expected: a result)") : failure);
            return;
        }
        then.accept(result);
    }
}
