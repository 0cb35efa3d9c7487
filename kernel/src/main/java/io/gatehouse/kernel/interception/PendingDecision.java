/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A decision that may come later: waits for the stage or the deadline, whichever is first. On the connection's event loop. */
final class PendingDecision {
    private final Exchange exchange;
    private final ActiveInterceptor owner;
    private final AsyncOptions options;
    private final boolean onRequest;
    private final Consumer<Decision> resume;
    private boolean returned;
    private @Nullable Decision decision;
    private @Nullable Future<?> timer;

    /** {@code resume} is called with the decision when {@link #await} has returned null. */
    PendingDecision(
            Exchange exchange,
            ActiveInterceptor owner,
            AsyncOptions options,
            boolean onRequest,
            Consumer<Decision> resume) {
        this.exchange = exchange;
        this.owner = owner;
        this.options = options;
        this.onRequest = onRequest;
        this.resume = resume;
    }

    /** The decision when it is there already, else null; it then comes by {@code resume}. */
    @Nullable
    Decision await(@Nullable CompletionStage<Decision> stage) {
        if (stage == null) {
            throw new IllegalStateException("returned null (expected: a stage)");
        }
        var loop = exchange.host().executor();
        stage.whenComplete((value, failure) -> {
            if (loop.inEventLoop()) {
                settle(value, failure);
            } else {
                loop.execute(() -> settle(value, failure));
            }
        });
        if (decision == null) {
            returned = true;
            timer = loop.schedule(
                    () -> settle(null, new TimeoutException("no decision within " + options.deadline())),
                    options.deadline().toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        return decision;
    }

    private void settle(@Nullable Decision value, @Nullable Throwable failure) {
        if (decision != null || exchange.hasEnded()) {
            return;
        }
        decision = failure == null ? checkedOrFailed(value) : failed(failure);
        if (timer != null) {
            timer.cancel(false);
        }
        if (returned) {
            resume(decision);
        }
    }

    /** Nobody is up the stack who would notice: an exception here must not leave the connection waiting. */
    private void resume(Decision settled) {
        try {
            resume.accept(settled);
        } catch (RuntimeException e) {
            owner.failed(what(), e);
            exchange.close("policy " + owner.name() + " failed");
        }
    }

    private Decision checkedOrFailed(@Nullable Decision value) {
        try {
            return checked(value);
        } catch (IllegalStateException e) {
            return failed(e);
        }
    }

    private Decision checked(@Nullable Decision value) {
        return onRequest
                ? DecisionContract.onRequest(exchange.apiKey(), value)
                : DecisionContract.onResponse(exchange.apiKey(), value);
    }

    private Decision failed(Throwable failure) {
        owner.failed(what(), failure);
        if (options.fallback().isPresent()) {
            return fallback(options.fallback().get());
        }
        if (onRequest && failure instanceof TimeoutException) {
            return Decision.refuse(Errors.REQUEST_TIMED_OUT, "policy " + owner.name() + " was too late");
        }
        return withoutFallback();
    }

    private Decision fallback(Decision declared) {
        try {
            return checked(declared);
        } catch (IllegalStateException e) {
            owner.failed("fallback of " + exchange.apiKey(), e);
            return withoutFallback();
        }
    }

    private Decision withoutFallback() {
        return onRequest ? DecisionContract.failedRequest(owner) : DecisionContract.failedResponse(owner);
    }

    private String what() {
        return (onRequest ? "request" : "response") + " handler of " + exchange.apiKey();
    }
}
