/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import java.time.Duration;

/**
 * Sizes in bytes and deadlines of client connections.
 *
 * @param maxReceiveBytes largest frame before authentication ({@code sasl.server.max.receive.size})
 * @param maxRequestBytes largest frame afterwards ({@code socket.request.max.bytes})
 * @param maxIdle a connection without traffic is closed after it ({@code connections.max.idle.ms})
 * @param maxAge a connection is closed at 75 to 100 % of it, once what is in flight is answered ({@code connections.max.age}); zero for never
 * @param maxReauth a client has to authenticate by SASL again within it ({@code connections.max.reauth.ms}); zero for never
 * @param refusalDelay between a failed authentication and its answer or end ({@code connection.failed.authentication.delay.ms})
 * @param frameProgress a frame that has begun and makes no progress for so long closes the connection
 * @param authentication a connection that has not authenticated within it is closed
 */
public record ClientLimits(
        int maxReceiveBytes,
        int maxRequestBytes,
        Duration maxIdle,
        Duration maxAge,
        Duration maxReauth,
        Duration refusalDelay,
        Duration frameProgress,
        Duration authentication) {}
