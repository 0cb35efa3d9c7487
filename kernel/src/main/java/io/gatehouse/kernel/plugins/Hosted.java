/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that an extension made, with how often it is in use: closed, and its generation let go, when it has been retired and the
 * last use has ended. Thread-safe.
 *
 * @param <T> what was made
 */
public final class Hosted<T extends AutoCloseable> {

    private final T value;
    private final PluginGeneration generation;
    private final String what;
    private final AtomicInteger uses = new AtomicInteger(1);

    /**
     * @param generation of which the caller has taken a lease, which passes to this
     * @param what it is, for logs
     */
    public Hosted(T value, PluginGeneration generation, String what) {
        this.value = value;
        this.generation = generation;
        this.what = what;
    }

    /** Call it through {@link #guard}. */
    public T value() {
        return value;
    }

    public PluginGuard guard() {
        return generation.guard();
    }

    public PluginGeneration generation() {
        return generation;
    }

    /** One more use; false when it is closed already. */
    public boolean acquire() {
        int now = uses.get();
        while (now > 0) {
            if (uses.compareAndSet(now, now + 1)) {
                return true;
            }
            now = uses.get();
        }
        return false;
    }

    /** One use less; also what retires it, once. Never blocks: closing happens on a thread of its own. */
    public void release() {
        if (uses.decrementAndGet() == 0) {
            Thread closing = new Thread(this::close, "plugins-close-" + generation.id());
            closing.setDaemon(true);
            closing.start();
        }
    }

    private void close() {
        generation.guard().run("close of " + what, () -> {
            try {
                value.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        generation.release();
    }
}
