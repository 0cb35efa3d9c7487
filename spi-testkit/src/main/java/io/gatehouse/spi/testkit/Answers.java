/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits for stages as identity does: with a deadline, and with every failure as "cannot say". */
final class Answers {

    private Duration deadline = Duration.ofSeconds(5);
    private Optional<String> failure = Optional.empty();

    void deadline(Duration value) {
        deadline = value;
    }

    Optional<String> failure() {
        return failure;
    }

    void fail(String reason) {
        failure = Optional.of(reason);
    }

    <T> Optional<T> await(Supplier<CompletionStage<T>> call) {
        failure = Optional.empty();
        try {
            T answer = call.get().toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            if (answer == null) {
                fail("answered null");
            }
            return Optional.ofNullable(answer);
        } catch (TimeoutException e) {
            fail("no answer within " + deadline);
        } catch (ExecutionException e) {
            fail("failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("interrupted");
        } catch (RuntimeException | Error e) {
            fail("threw " + e);
        }
        return Optional.empty();
    }
}
