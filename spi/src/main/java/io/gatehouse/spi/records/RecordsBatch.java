/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

import org.jspecify.annotations.Nullable;

/** The records of one partition in one request or response; valid during the handler's call. Control records are never shown. */
public interface RecordsBatch extends Iterable<InterceptedRecord> {

    /** The topic's name as the client knows it; null when only its id is known to the gateway. */
    @Nullable
    String topic();

    /** The partition. */
    int partition();
}
