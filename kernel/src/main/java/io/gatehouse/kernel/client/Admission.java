/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.wire.AdmissionBudget;
import io.gatehouse.kernel.wire.FrameException;
import io.gatehouse.kernel.wire.FrameReader.Fate;
import org.jspecify.annotations.Nullable;

/**
 * What one side of a connection holds of the admission budget: the reservation for the frame that it collects, or a place in the queue for
 * one. On the connection's event loop.
 */
final class Admission {

    private final ClientConnection connection;
    private final AdmissionBudget budget;
    private final String what;
    private final Runnable onAdmitted;
    private AdmissionBudget.@Nullable Waiter waiter;
    private long reserved;

    /**
     * @param what is collected, for messages
     * @param onAdmitted run when a frame that had to wait may be collected
     */
    Admission(ClientConnection connection, AdmissionBudget budget, String what, Runnable onAdmitted) {
        this.connection = connection;
        this.budget = budget;
        this.what = what;
        this.onAdmitted = onAdmitted;
    }

    /** Collects a frame if its size can be reserved; else waits for it. */
    Fate collect(long bytes) {
        if (reserved == bytes) {
            return Fate.COLLECT;
        }
        if (bytes > budget.capacity()) {
            throw new FrameException(what + " of " + bytes + " bytes that a policy must see (expected: up to "
                    + budget.capacity() + ", queued.max.request.bytes)");
        }
        if (budget.tryReserve(bytes)) {
            reserved = bytes;
            return Fate.COLLECT;
        }
        if (waiter == null) {
            waiter = budget.await(bytes, connection.executor(), () -> admitted(bytes));
        }
        return Fate.HOLD;
    }

    private void admitted(long bytes) {
        waiter = null;
        if (connection.isClosed()) {
            budget.release(bytes);
            return;
        }
        reserved = bytes;
        onAdmitted.run();
    }

    boolean isWaiting() {
        return waiter != null;
    }

    /** The bytes reserved for the frame that is there now; whoever takes them releases them. */
    long take() {
        long taken = reserved;
        reserved = 0;
        return taken;
    }

    /** Gives back what was reserved for a frame that is not collected after all. */
    void giveBack() {
        if (reserved > 0) {
            budget.release(take());
        }
    }

    /** The connection has closed. What is being admitted at this moment gives itself back. */
    void close() {
        if (waiter != null) {
            budget.cancel(waiter);
            waiter = null;
        }
        giveBack();
    }
}
