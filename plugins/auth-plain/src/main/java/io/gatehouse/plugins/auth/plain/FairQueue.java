/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that clients cause, done by a bounded number of threads, one task of each address in turn: who sends a thousand wrong passwords
 * waits for a thousand hashes, and everybody else for one of them. When it is full, the longest queue gives way. An IPv6 address counts by its first 64 bits, since whoever has one has
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
    private final Map<Object, Deque<Waiting>> waiting = new LinkedHashMap<>();
    private int waitingCount;
    private int workers;

    /** A task, and what is done when it has to give way. */
    private record Waiting(Runnable task, Consumer<RejectedExecutionException> dropped) {}

    /** @param threads how many of the executor's threads it uses at most */
    FairQueue(Executor executor, int threads) {
        this.executor = executor;
        this.threads = threads;
    }

    /**
     * Does a task when it is its turn.
     *
     * @param dropped called instead, on any thread, when the queue is full and those who have less waiting come first
     * @throws RejectedExecutionException when too much waits, of this address or of all, or the executor has ended
     */
    void execute(@Nullable InetAddress from, Runnable task, Consumer<RejectedExecutionException> dropped) {
        Waiting victim = admit(from, new Waiting(task, dropped));
        if (victim != null) {
            victim.dropped()
                    .accept(new RejectedExecutionException(
                            "the longest queue gave way to a shorter one (expected: less than " + MAX_WAITING
                                    + " of all)"));
        }
    }

    /** Returns what has to give way. */
    private synchronized @Nullable Waiting admit(@Nullable InetAddress from, Waiting task) {
        Object origin = origin(from);
        Deque<Waiting> ofOrigin = waiting.getOrDefault(origin, new ArrayDeque<>());
        Deque<Waiting> longest = waitingCount < MAX_WAITING ? null : longest();
        // Who is the longest, or would be, gives way itself: else two could push each other out for ever.
        if (ofOrigin.size() >= MAX_WAITING_PER_ADDRESS || (longest != null && longest.size() <= ofOrigin.size() + 1)) {
            throw new RejectedExecutionException(ofOrigin.size() + " tasks of " + from + " and " + waitingCount
                    + " of all wait (expected: less than " + MAX_WAITING_PER_ADDRESS + " and " + MAX_WAITING + ")");
        }
        if (workers < threads) {
            executor.execute(this::work);
            workers++;
        }
        ofOrigin.addLast(task);
        waiting.putIfAbsent(origin, ofOrigin);
        if (longest != null) {
            return longest.removeLast();
        }
        waitingCount++;
        return null;
    }

    private Deque<Waiting> longest() {
        return Collections.max(waiting.values(), Comparator.comparingInt(Deque::size));
    }

    private void work() {
        for (Waiting next = next(); next != null; next = next()) {
            try {
                next.task().run();
            } catch (Throwable e) {
                // Whatever it was: a worker that ended here would be counted for ever, and nobody would do its work.
                log.warn("A task of a client failed", e);
            }
        }
    }

    /** The next task of the address whose turn it is; with the last one the worker ends. */
    private synchronized @Nullable Waiting next() {
        Iterator<Map.Entry<Object, Deque<Waiting>>> turns = waiting.entrySet().iterator();
        if (!turns.hasNext()) {
            workers--;
            return null;
        }
        Map.Entry<Object, Deque<Waiting>> turn = turns.next();
        Object origin = turn.getKey();
        Deque<Waiting> ofOrigin = turn.getValue();
        turns.remove();
        Waiting task = ofOrigin.removeFirst();
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
