/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.DataSize;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.time.Duration;
import java.util.Optional;

/** The {@code limits} block: sizes and deadlines, under Kafka's names where Kafka has one. Immutable. */
public record LimitsConfig(
        @Description("The largest frame before authentication.") @Key("sasl.server.max.receive.size") @Default("512KiB")
        DataSize saslServerMaxReceiveSize,

        @Description("The largest frame after authentication.") @Key("socket.request.max.bytes") @Default("100MiB")
        DataSize socketRequestMaxBytes,

        @Description("The budget of frames that have to be collected; a quarter of direct memory when left out.")
        @Key("queued.max.request.bytes")
        Optional<DataSize> queuedMaxRequestBytes,

        @Description("How long a connection may be idle.") @Key("connections.max.idle.ms") @Default("10m")
        Duration connectionsMaxIdle,

        @Description(
                "How old a connection may get: it is closed at 75 to 100 % of it, between requests, so that a gateway that joins gets its share; 0 for no limit.")
        @Key("connections.max.age")
        @Default("0s")
        Duration connectionsMaxAge,

        @Description(
                "How long a client that has authenticated by SASL may go on before it has to do so again (KIP-368); 0 for as long as its credentials last.")
        @Key("connections.max.reauth.ms")
        @Default("0s")
        Duration connectionsMaxReauth,

        @Description("How long a refused connection stays open.")
        @Key("connection.failed.authentication.delay.ms")
        @Default("100ms")
        Duration connectionFailedAuthenticationDelay,

        @Description("How long a frame that has begun may make no progress.") @Default("30s")
        Duration frameProgressTimeout,

        @Description("How long a connection may take to authenticate.") @Default("30s")
        Duration authenticationTimeout,

        @Description("How long requests in flight may take when the gateway stops.") @Default("30s")
        Duration drainTimeout,

        @Description("How long connecting to a broker may take.") @Default("10s")
        Duration brokerConnectTimeout) {

    public LimitsConfig {
        requireFrameSize("sasl.server.max.receive.size", saslServerMaxReceiveSize);
        requireFrameSize("socket.request.max.bytes", socketRequestMaxBytes);
        queuedMaxRequestBytes.ifPresent(size -> requireSize("queued.max.request.bytes", size, Long.MAX_VALUE));
        requirePositive("connections.max.idle.ms", connectionsMaxIdle);
        requirePositive("frameProgressTimeout", frameProgressTimeout);
        requirePositive("authenticationTimeout", authenticationTimeout);
        requirePositive("brokerConnectTimeout", brokerConnectTimeout);
    }

    private static void requireFrameSize(String key, DataSize size) {
        requireSize(key, size, Integer.MAX_VALUE);
    }

    private static void requireSize(String key, DataSize size, long most) {
        if (size.bytes() < 1 || size.bytes() > most) {
            throw new IllegalArgumentException(key + ": " + size + " (expected: 1 to " + most + " bytes)");
        }
    }

    private static void requirePositive(String key, Duration duration) {
        if (duration.isZero()) {
            throw new IllegalArgumentException(key + ": 0 (expected: more than 0)");
        }
    }
}
