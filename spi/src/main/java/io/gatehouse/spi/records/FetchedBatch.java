/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

/** Records that a client fetches from one partition. */
public interface FetchedBatch extends RecordsBatch {

    /** Hides a record from the client. Offsets of the others stay, and the consumer goes on past it. */
    void drop(InterceptedRecord record);
}
