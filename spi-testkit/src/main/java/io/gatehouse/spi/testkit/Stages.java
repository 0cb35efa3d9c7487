/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Waiting for decisions, with what the SPI says about those that fail. */
final class Stages {

    private Stages() {}

    static CompletionStage<Decision> of(@Nullable Decision decision) {
        return CompletableFuture.completedFuture(decision);
    }

    /** A handler that did not decide, or not in time. */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        final Errors error;

        Failure(Errors error, String reason) {
            super(reason);
            this.error = error;
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /** @param options null when the stage has completed already */
    static Decision await(Supplier<CompletionStage<Decision>> call, @Nullable AsyncOptions options) throws Failure {
        try {
            return decide(call, options);
        } catch (Failure e) {
            Optional<Decision> fallback = options == null ? Optional.empty() : options.fallback();
            if (fallback.isPresent()) {
                return fallback.get();
            }
            throw e;
        }
    }

    private static Decision decide(Supplier<CompletionStage<Decision>> call, @Nullable AsyncOptions options)
            throws Failure {
        long millis = options == null ? 0 : Math.max(1, options.deadline().toMillis());
        Decision decision;
        try {
            CompletionStage<Decision> stage = call.get();
            if (stage == null) {
                throw new Failure(Errors.UNKNOWN_SERVER_ERROR, "the handler returned null");
            }
            decision = stage.toCompletableFuture().get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Failure(Errors.REQUEST_TIMED_OUT, "no decision after " + millis + " ms");
        } catch (ExecutionException e) {
            throw new Failure(Errors.UNKNOWN_SERVER_ERROR, "the stage failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Errors.UNKNOWN_SERVER_ERROR, "interrupted");
        } catch (RuntimeException | Error e) {
            throw new Failure(Errors.UNKNOWN_SERVER_ERROR, "the handler threw " + e);
        }
        if (decision == null) {
            throw new Failure(Errors.UNKNOWN_SERVER_ERROR, "the handler decided null");
        }
        return decision;
    }
}
