/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.wire.Apis;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request that an interceptor sends of its own while it decides on a client's: it walks the rest of the chain as an {@link Exchange}
 * of its own, and this is what becomes of it. On the connection's event loop.
 *
 * @param parent the exchange that it is sent for
 * @param response completed with what the broker, or an interceptor further on, answered
 */
record OwnRequest(Exchange parent, CompletableFuture<ApiMessage> response) implements Exchange.Outcome {

    private static final long DEADLINE_MILLIS = 10_000;

    /** Sends {@code own} through the links from {@code from} on; every failure, and the deadline, fails {@code response}. */
    static void send(Exchange parent, ApiMessage own, int from, CompletableFuture<ApiMessage> response) {
        ChainHost host = parent.host();
        ApiKeys api = ApiKeys.forId(own.apiKey());
        try {
            check(parent, api, own);
        } catch (RuntimeException e) {
            response.completeExceptionally(e);
            return;
        }
        Future<?> timer = host.executor()
                .schedule(
                        () -> response.completeExceptionally(
                                new TimeoutException(api + ": no response within " + DEADLINE_MILLIS + " ms")),
                        DEADLINE_MILLIS,
                        TimeUnit.MILLISECONDS);
        response.whenComplete((ignored, failure) -> timer.cancel(false));
        parent.walkOwn(own, host.brokerVersion(api), from, new OwnRequest(parent, response));
    }

    private static void check(Exchange parent, ApiKeys api, ApiMessage own) {
        if (!parent.isDeciding()) {
            throw new IllegalStateException(api + ": sent after the decision (expected: before it)");
        }
        if (own.getClass() != Apis.requestClass(api)) {
            throw new IllegalArgumentException(
                    "a " + own.getClass().getSimpleName() + " was sent (expected: a request)");
        }
        if (own instanceof ProduceRequestData produce && produce.acks() == 0) {
            throw new IllegalArgumentException("acks: 0 (expected: a request with a response)");
        }
        if (parent.host().brokerVersion(api) < 0) {
            throw new UnsupportedVersionException(api + ": not offered by the broker of this connection");
        }
        if (own instanceof MetadataRequestData metadata) {
            metadata.setAllowAutoTopicCreation(false);
        }
    }

    @Override
    public void forward(Exchange exchange, ApiMessage request, boolean changed) {
        if (parent.isDeciding()) {
            exchange.host().sendOwn(exchange);
            return;
        }
        // Frames of the client may be passing again, and nothing may be sent in the middle of one.
        exchange.fail(new IllegalStateException("the request that it was for has been decided without it"));
    }

    @Override
    public void answer(Exchange exchange, ApiMessage message) {
        exchange.end();
        response.complete(message);
    }

    @Override
    public void drop(Exchange exchange) {
        exchange.fail(new IllegalStateException("a request without a response (expected: one with a response)"));
    }

    @Override
    public void respond(Exchange exchange, ApiMessage message, boolean changed) {
        exchange.end();
        response.complete(message);
    }

    @Override
    public void close(Exchange exchange, String reason) {
        exchange.fail(new IllegalStateException(reason));
    }
}
