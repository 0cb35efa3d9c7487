/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Loads what every start needs and takes long (logging, Netty, Kafka's messages) on a thread of its own, while the main thread reads the command line and
 * the configuration. Until {@link #await} has returned the main thread keeps off all of it: two threads that initialize classes of one
 * library from two ends could wait for each other for ever.
 */
final class Preload {

    private static @Nullable Thread thread;

    private Preload() {}

    /** Once, from the main thread, and as its first deed. */
    static void begin() {
        thread = new Thread(Preload::load, "gatehouse-preload");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when all is loaded; at once when nothing was begun. */
    static void await() throws InterruptedException {
        if (thread != null) {
            thread.join();
        }
    }

    private static void load() {
        try {
            LoggerFactory.getLogger(Preload.class).debug("loading");
            if (Epoll.isAvailable()) {
                PooledByteBufAllocator.DEFAULT.directBuffer().release();
            }
            for (ApiKeys api : ApiKeys.values()) {
                api.messageType.requestSchemas();
                api.messageType.responseSchemas();
            }
        } catch (RuntimeException | LinkageError e) {
            // Whoever needs it meets the same, and can say what for.
        }
    }
}
