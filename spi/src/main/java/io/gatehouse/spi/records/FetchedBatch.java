/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

import io.gatehouse.spi.ProvidedByGateway;

/** Records that a client fetches from one partition. */
@ProvidedByGateway
public interface FetchedBatch extends RecordsBatch {

    /**
     * Hides a record from the client. Offsets of the others stay, and the consumer goes on past it, as past one that compaction has
     * removed.
     *
     * <p>A share consumer acknowledges it as a gap: it counts as done for the whole share group, and is not delivered to another member.
     * Policies that differ among the members of one share group hide records from all of them, whoever is first.
     */
    void drop(InterceptedRecord record);
}
