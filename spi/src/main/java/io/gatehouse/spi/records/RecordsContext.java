/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.records;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.ProvidedByGateway;
import io.gatehouse.spi.User;
import org.jspecify.annotations.Nullable;

/** Whose records these are. Belongs to the connection's event loop. */
@ProvidedByGateway
public interface RecordsContext {

    /** The user of the connection when the request came. */
    User user();

    /** The connection. */
    ConnectionInfo connection();

    /** The client id of the request; null when the client sent none. */
    @Nullable
    String clientId();
}
