/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

import io.gatehouse.spi.ProvidedByGateway;

/**
 * The records of one partition in one request or response; valid during the handler's call. Control records are never shown. Records
 * are decompressed at the first look; batches in which nothing is changed go on as the bytes that they were. Those that are written again
 * keep compression, timestamps, producer id, sequence and transaction.
 *
 * <p>Records that cannot be read, or that unpack to more than 100 MiB, are no policy's business: a producer gets CORRUPT_MESSAGE or
 * MESSAGE_TOO_LARGE for the partition, a consumer's connection is closed.
 */
@ProvidedByGateway
public interface RecordsBatch extends Iterable<InterceptedRecord> {

    /**
     * The topic's name as the client knows it. Clients that name topics by id are no exception: the gateway asks the cluster, and what has
     * no name is answered with UNKNOWN_TOPIC_ID before any handler is called.
     */
    String topic();

    /** The partition. */
    int partition();
}
