/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.leaks;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes a leak of a Netty buffer the failure of the test class after which it was found. Registers itself in every module that has this
 * test jar on its class path, and costs one garbage collection per test class that used buffers.
 */
public final class LeakFailsTheBuild implements AfterAllCallback {

    private static final long COLLECTION_MILLIS = 2_000;
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final AtomicLong TRACKED = new AtomicLong();

    static {
        // Before the first buffer class is loaded: each keeps the detector that it found then.
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
    }

    private long checked;

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        if (TRACKED.get() == checked) {
            return;
        }
        List<String> leaks = found();
        checked = TRACKED.get();
        if (!leaks.isEmpty()) {
            throw new AssertionError("leaked buffers: " + leaks.size() + " (expected: 0)\n" + String.join("\n", leaks));
        }
    }

    /** What has leaked since the last call. */
    static List<String> found() throws InterruptedException {
        // Once the second canary is through, all that the first collection found has been enqueued.
        collect();
        collect();
        // Netty reports what was collected when the next buffer is tracked.
        ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
        allocator.directBuffer(1).release();
        List<String> leaks = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            leaks.add(leak);
        }
        return leaks;
    }

    private static void collect() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        PhantomReference<Object> canary = new PhantomReference<>(new Object(), queue);
        System.gc();
        queue.remove(COLLECTION_MILLIS);
        canary.clear();
    }

    private static final class Factory extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation")
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int interval, long maxActive) {
            return new Recording<>(type, interval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int interval) {
            return new Recording<>(type, interval);
        }
    }

    private static final class Recording<T> extends ResourceLeakDetector<T> {

        @SuppressWarnings("deprecation")
        private Recording(Class<?> type, int interval) {
            super(type, interval);
        }

        @Override
        public ResourceLeakTracker<T> track(T resource) {
            TRACKED.incrementAndGet();
            return super.track(resource);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String type, String records) {
            LEAKS.add(type + records);
        }

        @Override
        protected void reportUntracedLeak(String type) {
            LEAKS.add(type);
        }
    }
}
