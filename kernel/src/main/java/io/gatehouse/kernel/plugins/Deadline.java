/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls a plugin's own code on a thread of its own, since a plugin that hangs must not take the kernel's thread along. */
final class Deadline {

    private Deadline() {}

    /** What becomes of a result that came too late. */
    interface Late<T> {
        void drop(T result) throws Exception;
    }

    /**
     * Runs the call with the plugin's class loader as context class loader and waits.
     *
     * @throws TimeoutException after the deadline; the thread has been interrupted, and is left alone when that does not end it
     * @throws ExecutionException with what the call threw
     */
    static <T> T call(String threadName, ClassLoader loader, Duration deadline, Callable<T> call)
            throws TimeoutException, ExecutionException {
        return call(threadName, loader, deadline, call, result -> {});
    }

    /** The same; a result that comes after the deadline is given to {@code late}, on the plugin's thread. */
    static <T> T call(String threadName, ClassLoader loader, Duration deadline, Callable<T> call, Late<T> late)
            throws TimeoutException, ExecutionException {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> run(call, result, late), threadName);
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        thread.start();
        try {
            return result.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (!result.completeExceptionally(e)) {
                return ended(result);
            }
            thread.interrupt();
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!result.completeExceptionally(e)) {
                return ended(result);
            }
            thread.interrupt();
            throw new ExecutionException(e);
        }
    }

    private static <T> void run(Callable<T> call, CompletableFuture<T> result, Late<T> late) {
        try {
            T value = call.call();
            if (!result.complete(value)) {
                late.drop(value);
            }
        } catch (Throwable e) {
            // Too late, it interests nobody: the deadline has been reported.
            result.completeExceptionally(e);
        }
    }

    /** A result that came in the moment of the deadline counts. */
    private static <T> T ended(CompletableFuture<T> result) throws ExecutionException {
        try {
            return result.join();
        } catch (CompletionException e) {
            throw new ExecutionException(e.getCause());
        }
    }
}
