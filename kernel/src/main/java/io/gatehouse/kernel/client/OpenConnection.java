/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.routing.Route;
import io.gatehouse.spi.User;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * What there is to see of a client connection at one moment. Immutable.
 *
 * @param user empty until authentication has ended
 * @param broker such as {@code 1 at broker1:9092}; empty until it is connected
 */
public record OpenConnection(
        String id,
        InetSocketAddress remoteAddress,
        String listener,
        Route route,
        boolean encrypted,
        Optional<User> user,
        Optional<String> broker,
        Instant since,
        long requests,
        long requestBytes,
        long responseBytes) {}
