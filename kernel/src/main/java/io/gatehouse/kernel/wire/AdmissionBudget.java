/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * The memory that all collected frames share ({@code queued.max.request.bytes}). A frame is collected only when its whole size has been
 * reserved; until then its connection does not read. First come, first served, so that a large frame is not starved by small ones.
 * Thread-safe.
 */
public final class AdmissionBudget {

    private final long capacity;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private long reserved;

    /** @param capacity in bytes */
    public AdmissionBudget(long capacity) {
        this.capacity = capacity;
    }

    /** Somebody who waits for a reservation. */
    public static final class Waiter {
        private final long bytes;
        private final Executor executor;
        private final Runnable admitted;

        private Waiter(long bytes, Executor executor, Runnable admitted) {
            this.bytes = bytes;
            this.executor = executor;
            this.admitted = admitted;
        }
    }

    /** In bytes; nothing larger can ever be reserved. */
    public long capacity() {
        return capacity;
    }

    /** In bytes. */
    public synchronized long reserved() {
        return reserved;
    }

    /** Reserves at once, if there is room and nobody waits. */
    public synchronized boolean tryReserve(long bytes) {
        if (!waiters.isEmpty() || reserved + bytes > capacity) {
            return false;
        }
        reserved += bytes;
        return true;
    }

    /**
     * Waits for a reservation.
     *
     * @param admitted run by the executor once the bytes are reserved
     */
    public synchronized Waiter await(long bytes, Executor executor, Runnable admitted) {
        Waiter waiter = new Waiter(bytes, executor, admitted);
        waiters.add(waiter);
        admitWaiters();
        return waiter;
    }

    /**
     * Stops waiting.
     *
     * @return false when the bytes were reserved already: they must be released
     */
    public synchronized boolean cancel(Waiter waiter) {
        boolean waiting = waiters.remove(waiter);
        admitWaiters();
        return waiting;
    }

    /** Gives a reservation back. */
    public synchronized void release(long bytes) {
        reserved -= bytes;
        admitWaiters();
    }

    private void admitWaiters() {
        Waiter first = waiters.peek();
        while (first != null && reserved + first.bytes <= capacity) {
            waiters.remove();
            reserved += first.bytes;
            first.executor.execute(first.admitted);
            first = waiters.peek();
        }
    }
}
