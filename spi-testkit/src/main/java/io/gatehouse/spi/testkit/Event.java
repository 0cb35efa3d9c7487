/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.kernel.interception.Exchange;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * What the chain told its connection about one request or response.
 *
 * @param message null for {@link Kind#CLOSE} and {@link Kind#DROP}
 * @param reason of {@link Kind#CLOSE}; null otherwise
 */
record Event(
        Kind kind,
        @Nullable ApiMessage message,
        boolean changed,
        @Nullable String reason) {

    enum Kind {
        FORWARD,
        ANSWER,
        DROP,
        RESPOND,
        CLOSE
    }

    /** Waits for events; one per request, one per response. */
    static final class Queue implements Exchange.Outcome {

        /** Longer than any deadline that a test should have. */
        private static final long PATIENCE_SECONDS = 60;

        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

        Event next() {
            try {
                Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (event == null) {
                    throw new AssertionError("no decision after " + PATIENCE_SECONDS + " s");
                }
                return event;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }

        @Override
        public void forward(Exchange exchange, ApiMessage request, boolean changed) {
            events.add(new Event(Kind.FORWARD, request, changed, null));
        }

        @Override
        public void answer(Exchange exchange, ApiMessage response) {
            events.add(new Event(Kind.ANSWER, response, true, null));
        }

        @Override
        public void drop(Exchange exchange) {
            events.add(new Event(Kind.DROP, null, false, null));
        }

        @Override
        public void respond(Exchange exchange, ApiMessage response, boolean changed) {
            events.add(new Event(Kind.RESPOND, response, changed, null));
        }

        @Override
        public void close(Exchange exchange, String reason) {
            events.add(new Event(Kind.CLOSE, null, false, reason));
        }
    }
}
