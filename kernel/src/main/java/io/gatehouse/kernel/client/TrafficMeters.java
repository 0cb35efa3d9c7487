/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.wire.Apis;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * Counts what passes, per API: {@code gatehouse.requests}, {@code gatehouse.request.bytes}, {@code gatehouse.response.bytes} and
 * {@code gatehouse.request.duration} (request's head to response's last byte), tag {@code api}; and how connections end. Meters are
 * resolved once, so that counting a frame allocates nothing. Thread-safe.
 */
public final class TrafficMeters {

    private final MeterRegistry registry;
    private final @Nullable Api[] apis = new Api[Apis.COUNT];
    private final Counter accepted;

    /** Meters of one API. */
    private record Api(Counter requests, Counter requestBytes, Counter responseBytes, Timer duration) {}

    public TrafficMeters(MeterRegistry registry) {
        this.registry = registry;
        this.accepted = registry.counter("gatehouse.connections.accepted");
    }

    void accepted() {
        accepted.increment();
    }

    /** @param reason one of a few words, never anything that a client chose */
    void closed(String reason) {
        registry.counter("gatehouse.connections.closed", "reason", reason).increment();
    }

    /** @param outcome one of a few words */
    void authenticated(String method, String outcome) {
        registry.counter("gatehouse.authentications", "method", method, "outcome", outcome)
                .increment();
    }

    void request(int apiKey, int bytes) {
        Api api = of(apiKey);
        api.requests.increment();
        api.requestBytes.increment(bytes);
    }

    void response(int apiKey, int bytes, long durationNanos) {
        Api api = of(apiKey);
        api.responseBytes.increment(bytes);
        api.duration.record(durationNanos, TimeUnit.NANOSECONDS);
    }

    private Api of(int apiKey) {
        Api known = apis[apiKey];
        if (known != null) {
            return known;
        }
        String name = ApiKeys.forId(apiKey).name;
        Api created = new Api(
                registry.counter("gatehouse.requests", "api", name),
                registry.counter("gatehouse.request.bytes", "api", name),
                registry.counter("gatehouse.response.bytes", "api", name),
                registry.timer("gatehouse.request.duration", "api", name));
        apis[apiKey] = created;
        return created;
    }
}
