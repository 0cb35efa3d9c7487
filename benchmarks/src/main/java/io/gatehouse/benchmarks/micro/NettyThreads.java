/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.micro;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** JMH's threads as those of an event loop are: on others Netty recycles nothing, and every write would seem to allocate. */
public final class NettyThreads extends ThreadPoolExecutor {

    /** What a fork needs to use this class. */
    public static final String CUSTOM_EXECUTOR = "-Djmh.executor=CUSTOM";

    /** What a fork needs to use this class, too. */
    public static final String EXECUTOR_CLASS = "-Djmh.executor.class=io.gatehouse.benchmarks.micro.NettyThreads";

    /** Called by JMH. */
    public NettyThreads(int threads, String prefix) {
        super(
                threads,
                threads,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory(prefix, true));
    }
}
