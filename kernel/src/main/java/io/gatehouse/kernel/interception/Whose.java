/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.InterceptionContext;
import io.gatehouse.spi.records.RecordsContext;
import org.jspecify.annotations.Nullable;

/** What record handlers see of an exchange. */
record Whose(InterceptionContext exchange) implements RecordsContext {

    @Override
    public User user() {
        return exchange.user();
    }

    @Override
    public ConnectionInfo connection() {
        return exchange.connection();
    }

    @Override
    public @Nullable String clientId() {
        return exchange.clientId();
    }
}
