/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls a plugin's own code on a thread of its own, since a plugin that hangs must not take the kernel's thread along. */
final class Deadline {

    private Deadline() {}

    /**
     * Runs the call with the plugin's class loader as context class loader and waits.
     *
     * @throws TimeoutException after the deadline; the thread has been interrupted, and is left alone when that does not end it
     * @throws ExecutionException with what the call threw
     */
    static <T> T call(String threadName, ClassLoader loader, Duration deadline, Callable<T> call)
            throws TimeoutException, ExecutionException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, threadName);
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        thread.start();
        try {
            return task.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw e;
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new ExecutionException(e);
        }
    }
}
