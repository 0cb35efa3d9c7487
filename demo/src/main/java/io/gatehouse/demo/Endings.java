/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has been started and has to be ended, last first. Thread-safe: Ctrl-C comes on another thread. */
final class Endings implements AutoCloseable {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private volatile boolean ending;

    /** @throws QuickstartException when the end has begun; the newcomer is ended at once */
    void add(AutoCloseable closeable) {
        synchronized (started) {
            if (!ending) {
                started.push(closeable);
                return;
            }
        }
        end(closeable);
        throw new QuickstartException("the quickstart ends");
    }

    boolean isEnding() {
        return ending;
    }

    @Override
    public void close() {
        ending = true;
        synchronized (started) {
            while (!started.isEmpty()) {
                end(started.pop());
            }
        }
    }

    private static void end(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            System.err.println("quickstart: could not be ended: " + e);
        }
    }
}
