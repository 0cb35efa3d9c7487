/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

import io.gatehouse.spi.ProvidedByGateway;

/** Records that a client produces to one partition. What is decided last about the partition counts: a rejection beats a drop. */
@ProvidedByGateway
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

    /**
     * Takes a record out of the batch and lets the others go on. The client is told that all were written, with the offset unknown (-1):
     * a response has room for the first offset only, and those after the gap would be wrong.
     *
     * <p>Brokers count the records of idempotent and transactional producers, so one that is missing would make everything that such a
     * producer sends afterwards out of order. A record of theirs is therefore {@link #reject(InterceptedRecord, String) rejected}
     * instead; {@link #canDrop()} says so beforehand. A policy that must neither store a value nor fail such a producer replaces it
     * ({@link InterceptedRecord#setValue}), marks it by a header, and {@link FetchedBatch#drop drops} what is marked on its way to
     * clients.
     *
     * @param reason shown to the client when the record is rejected
     */
    void drop(InterceptedRecord record, String reason);

    /** Whether {@link #drop} takes records out; false for batches of idempotent and transactional producers, the default of Kafka's own. */
    boolean canDrop();
}
