/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

/** Records that a client produces to one partition. */
public interface ProducedBatch extends RecordsBatch {

    /**
     * Refuses the whole batch: nothing of this partition is forwarded, the client gets POLICY_VIOLATION for it, other partitions go on.
     * With {@code acks=0} the connection is closed.
     *
     * @param reason shown to the client
     */
    void reject(String reason);

    /**
     * Refuses one record, and with it the batch: the client gets INVALID_RECORD with the record's position (KIP-467).
     *
     * @param reason shown to the client
     */
    void reject(InterceptedRecord record, String reason);
}
