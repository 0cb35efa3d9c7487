/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.redis;

import java.util.List;

/** Where a server runs. */
sealed interface RedisRuntime extends AutoCloseable permits RedisContainer, RedisProcess {

    /** Starts it, the first time or again, with the files that it had. */
    void start();

    void kill();

    void freeze();

    void thaw();

    /** Runs a program beside the server; returns what it prints. */
    String run(List<String> command, long timeoutMillis);

    /** What the server said, for messages. */
    String output();

    @Override
    void close();
}
