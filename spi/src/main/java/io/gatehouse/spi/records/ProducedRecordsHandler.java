/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

/** Looks at, changes, rejects or drops records on their way to a broker. Called on the connection's event loop; must not block. */
@FunctionalInterface
public interface ProducedRecordsHandler {

    /** One call per partition of a request. Throwing refuses the request with UNKNOWN_SERVER_ERROR. */
    void handle(ProducedBatch batch, RecordsContext context);
}
