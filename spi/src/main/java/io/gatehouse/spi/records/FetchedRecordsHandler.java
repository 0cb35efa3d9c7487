/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

/** Looks at, changes or drops records on their way to a client. Called on the connection's event loop; must not block. */
@FunctionalInterface
public interface FetchedRecordsHandler {

    /** One call per partition of a response. Throwing closes the connection. */
    void handle(FetchedBatch batch, RecordsContext context);
}
