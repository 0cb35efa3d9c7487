/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class FairQueueTest {

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private final FairQueue queue = new FairQueue(threads::add, 1);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private void put(String address, String task) {
        queue.execute(address(address), () -> done.add(task), full -> dropped.add(task));
    }

    private void work() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void eachAddressHasItsTurn() {
        put("10.0.0.1", "flood 1");
        put("10.0.0.1", "flood 2");
        put("10.0.0.1", "flood 3");
        put("10.0.0.2", "alice 1");
        put("10.0.0.3", "bob 1");
        put("10.0.0.2", "alice 2");

        work();

        assertThat(done).containsExactly("flood 1", "alice 1", "bob 1", "flood 2", "alice 2", "flood 3");
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void whoComesDuringAFloodIsNext() {
        for (int i = 0; i < 1_000; i++) {
            put("10.0.0.1", "flood " + i);
        }
        queue.execute(address("10.0.0.1"), () -> {}, full -> {});
        threads.add(() -> {});

        put("10.0.0.2", "alice");
        work();

        assertThat(done.indexOf("alice")).isLessThanOrEqualTo(1);
    }

    @Test
    void addressesOfOneIpv6NetworkCountAsOne() {
        put("2001:db8:1:1::1", "flood 1");
        put("2001:db8:1:1::2", "flood 2");
        put("2001:db8:1:1:ffff::3", "flood 3");
        put("2001:db8:1:2::1", "alice");

        work();

        assertThat(done).containsExactly("flood 1", "alice", "flood 2", "flood 3");
    }

    @Test
    void anAddressThatHasTooMuchWaitingIsRefusedAndOthersAreNot() {
        for (int i = 0; i < FairQueue.MAX_WAITING_PER_ADDRESS; i++) {
            put("10.0.0.1", "flood");
        }

        assertThatThrownBy(() -> put("10.0.0.1", "flood"))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("2000 tasks of /10.0.0.1");
        put("10.0.0.2", "alice");
        work();

        assertThat(done).hasSize(FairQueue.MAX_WAITING_PER_ADDRESS + 1).contains("alice");
    }

    @Test
    void whenItIsFullTheLongestQueueGivesWay() {
        for (int i = 0; i < FairQueue.MAX_WAITING; i++) {
            put("10.0.0." + i % 3, "flood");
        }

        put("192.168.0.1", "alice");

        assertThat(queue.waiting()).isEqualTo(FairQueue.MAX_WAITING);
        assertThat(dropped).containsExactly("flood");
        work();
        assertThat(done.indexOf("alice")).isLessThanOrEqualTo(3);
        assertThat(done).hasSize(FairQueue.MAX_WAITING);
    }

    @Test
    void allTogetherAreBoundedAndNobodyGivesWayToWhoHasAsMuch() {
        for (int i = 0; i < FairQueue.MAX_WAITING; i++) {
            put("10.0." + i / 250 + "." + i % 250, "one of many");
        }

        assertThatThrownBy(() -> put("192.168.0.1", "one more")).isInstanceOf(RejectedExecutionException.class);
        assertThat(queue.waiting()).isEqualTo(FairQueue.MAX_WAITING);
        assertThat(dropped).isEmpty();
    }

    @Test
    void noMoreThreadsAreTakenThanAllowed() {
        FairQueue two = new FairQueue(threads::add, 2);

        for (int i = 0; i < 5; i++) {
            two.execute(address("10.0.0.1"), () -> {}, full -> {});
        }

        assertThat(threads).hasSize(2);
    }

    @Test
    void aTaskThatThrowsDoesNotEndTheWork() {
        queue.execute(
                address("10.0.0.1"),
                () -> {
                    throw new StackOverflowError("as it happens");
                },
                full -> {});
        put("10.0.0.1", "next");

        work();

        assertThat(done).containsExactly("next");
    }

    @Test
    void anExecutorThatHasEndedRefusesAndKeepsNothing() {
        FairQueue ended = new FairQueue(
                task -> {
                    throw new RejectedExecutionException("ended");
                },
                1);

        assertThatThrownBy(() -> ended.execute(address("10.0.0.1"), () -> {}, full -> {}))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(ended.waiting()).isZero();
    }
}
