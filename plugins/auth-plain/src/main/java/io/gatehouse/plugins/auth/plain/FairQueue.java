/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that clients cause, done by a bounded number of threads, one task of each address in turn: who sends a thousand wrong passwords
 * waits for a thousand hashes, and everybody else for one of them. An IPv6 address counts by its first 64 bits, since whoever has one has
 * all that share them. Thread-safe.
 */
final class FairQueue {

    /** More than can be done before clients give up waiting; the memory of a flood is bounded by it. */
    static final int MAX_WAITING_PER_ADDRESS = 2_000;

    static final int MAX_WAITING = 5_000;

    private static final Logger log = LoggerFactory.getLogger(FairQueue.class);
    private static final int IPV6_NETWORK_BYTES = 8;

    private final Executor executor;
    private final int threads;
    private final Map<Object, Deque<Runnable>> waiting = new LinkedHashMap<>();
    private int waitingCount;
    private int workers;

    /** @param threads how many of the executor's threads it uses at most */
    FairQueue(Executor executor, int threads) {
        this.executor = executor;
        this.threads = threads;
    }

    /** @throws RejectedExecutionException when too much waits, of this address or of all, or the executor has ended */
    synchronized void execute(@Nullable InetAddress from, Runnable task) {
        Object origin = origin(from);
        Deque<Runnable> ofOrigin = waiting.computeIfAbsent(origin, key -> new ArrayDeque<>());
        if (ofOrigin.size() >= MAX_WAITING_PER_ADDRESS || waitingCount >= MAX_WAITING) {
            String message = ofOrigin.size() + " tasks of " + from + " and " + waitingCount
                    + " of all wait (expected: less than " + MAX_WAITING_PER_ADDRESS + " and " + MAX_WAITING + ")";
            forgetIfEmpty(origin, ofOrigin);
            throw new RejectedExecutionException(message);
        }
        ofOrigin.addLast(task);
        waitingCount++;
        if (workers == threads) {
            return;
        }
        workers++;
        try {
            executor.execute(this::work);
        } catch (RejectedExecutionException e) {
            workers--;
            waitingCount--;
            ofOrigin.removeLast();
            forgetIfEmpty(origin, ofOrigin);
            throw e;
        }
    }

    private void forgetIfEmpty(Object origin, Deque<Runnable> ofOrigin) {
        if (ofOrigin.isEmpty()) {
            waiting.remove(origin);
        }
    }

    private void work() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException | LinkageError e) {
                log.warn("A task of a client failed", e);
            }
        }
    }

    /** The next task of the address whose turn it is; with the last one the worker ends. */
    private synchronized @Nullable Runnable next() {
        Iterator<Map.Entry<Object, Deque<Runnable>>> turns = waiting.entrySet().iterator();
        if (!turns.hasNext()) {
            workers--;
            return null;
        }
        Map.Entry<Object, Deque<Runnable>> turn = turns.next();
        Object origin = turn.getKey();
        Deque<Runnable> ofOrigin = turn.getValue();
        turns.remove();
        Runnable task = ofOrigin.removeFirst();
        waitingCount--;
        if (!ofOrigin.isEmpty()) {
            waiting.put(origin, ofOrigin);
        }
        return task;
    }

    /** How many tasks wait. */
    synchronized int waiting() {
        return waitingCount;
    }

    private static Object origin(@Nullable InetAddress address) {
        if (address instanceof Inet6Address) {
            byte[] network = Arrays.copyOf(address.getAddress(), IPV6_NETWORK_BYTES);
            return List.of(Arrays.toString(network));
        }
        return address == null ? List.of() : address;
    }
}
