/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that expect a response, in order: the one place where they are counted. One more when a request enters,
 * one less when its response leaves, whoever made it. Requests without a response ({@code acks=0}) never enter.
 *
 * <p>A ring of primitives: entering and leaving allocate nothing once it has grown. Belongs to one event loop.
 *
 * @param <A> what is kept with an entry that somebody looks at
 */
public final class InFlight<A> {

    private static final int FIRST_CAPACITY = 8;

    private long[] requests = new long[FIRST_CAPACITY];
    private long[] startNanos = new long[FIRST_CAPACITY];
    private @Nullable Object[] attachments = new Object[FIRST_CAPACITY];
    private int first;
    private int size;

    /** Enters at the end. */
    public void add(short apiKey, short apiVersion, int correlationId, long nanos, @Nullable A attachment) {
        if (size == requests.length) {
            grow();
        }
        int at = (first + size) & (requests.length - 1);
        requests[at] = (long) apiKey << 48 | (apiVersion & 0xffffL) << 32 | (correlationId & 0xffffffffL);
        startNanos[at] = nanos;
        attachments[at] = attachment;
        size++;
    }

    /** The first one leaves. */
    public void remove() {
        attachments[first] = null;
        first = (first + 1) & (requests.length - 1);
        size--;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** API key of the first. */
    public short apiKey() {
        return (short) (requests[first] >>> 48);
    }

    /** API version of the first. */
    public short apiVersion() {
        return (short) (requests[first] >>> 32);
    }

    /** Correlation id of the first. */
    public int correlationId() {
        return (int) requests[first];
    }

    /** When the first one entered, as {@link System#nanoTime}. */
    public long startNanos() {
        return startNanos[first];
    }

    /** What is kept with the first. */
    @SuppressWarnings("unchecked")
    public @Nullable A attachment() {
        return (A) attachments[first];
    }

    /** Whether what is kept with any of them is such. */
    @SuppressWarnings("unchecked")
    public boolean anyAttachment(Predicate<A> test) {
        for (int i = 0; i < size; i++) {
            Object attachment = attachments[(first + i) & (requests.length - 1)];
            if (attachment != null && test.test((A) attachment)) {
                return true;
            }
        }
        return false;
    }

    private void grow() {
        int capacity = requests.length * 2;
        long[] moreRequests = new long[capacity];
        long[] moreNanos = new long[capacity];
        @Nullable Object[] moreAttachments = new Object[capacity];
        for (int i = 0; i < size; i++) {
            int at = (first + i) & (requests.length - 1);
            moreRequests[i] = requests[at];
            moreNanos[i] = startNanos[at];
            moreAttachments[i] = attachments[at];
        }
        requests = moreRequests;
        startNanos = moreNanos;
        attachments = moreAttachments;
        first = 0;
    }
}
