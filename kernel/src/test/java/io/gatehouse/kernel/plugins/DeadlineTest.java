/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class DeadlineTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ClassLoader loader = new ClassLoader(getClass().getClassLoader()) {};

    @Test
    void theCallRunsWithThePluginsClassLoaderOnAThreadOfItsOwn() throws Exception {
        Thread caller = Thread.currentThread();
        assertThat(Deadline.call("call", loader, LONG, () -> {
                    assertThat(Thread.currentThread()).isNotSameAs(caller);
                    return Thread.currentThread().getContextClassLoader();
                }))
                .isSameAs(loader);
    }

    @Test
    void whatTheCallThrowsIsTheCause() {
        assertThatThrownBy(() -> Deadline.call("call", loader, LONG, () -> {
                    throw new IllegalArgumentException("colour: puce");
                }))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("colour: puce");
    }

    @Test
    void aCallThatHangsIsInterruptedAfterTheDeadline() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        assertThatThrownBy(() -> Deadline.call("call", loader, Duration.ofMillis(50), () -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return null;
                }))
                .isInstanceOf(TimeoutException.class);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatComesTooLateIsDroppedAndNothingElseIs() throws Exception {
        AtomicBoolean dropped = new AtomicBoolean();
        assertThat(Deadline.call("call", loader, LONG, () -> "made", late -> dropped.set(true)))
                .isEqualTo("made");
        assertThat(dropped).isFalse();

        AtomicReference<String> late = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(1);
        assertThatThrownBy(() -> Deadline.call(
                        "call",
                        loader,
                        Duration.ofMillis(50),
                        () -> {
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                return "late";
                            }
                            return "never";
                        },
                        result -> {
                            late.set(result);
                            ended.countDown();
                        }))
                .isInstanceOf(TimeoutException.class);
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(late).hasValue("late");
    }
}
