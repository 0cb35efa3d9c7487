/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool of a plugin's daemon threads whose queue, timers included, is bounded. The JDK's has an unbounded one; here the bound is checked
 * before a task is added, so threads that race for the last place may exceed it by one each.
 */
final class BoundedScheduler extends ScheduledThreadPoolExecutor {

    private final String name;
    private final int capacity;

    /** @param name begins the names of its threads */
    BoundedScheduler(String name, int threads, int capacity, ClassLoader loader) {
        super(threads, threadFactory(name, loader));
        this.name = name;
        this.capacity = capacity;
        setRemoveOnCancelPolicy(true);
        setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    private static ThreadFactory threadFactory(String name, ClassLoader loader) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
            return thread;
        };
    }

    // execute and submit come here too.
    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        requireRoom();
        return super.schedule(task, delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        requireRoom();
        return super.schedule(task, delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        requireRoom();
        return super.scheduleAtFixedRate(task, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        requireRoom();
        return super.scheduleWithFixedDelay(task, initialDelay, delay, unit);
    }

    private void requireRoom() {
        int waiting = getQueue().size();
        if (waiting >= capacity) {
            throw new RejectedExecutionException(
                    name + ": " + waiting + " tasks wait (expected: less than " + capacity + ")");
        }
    }
}
