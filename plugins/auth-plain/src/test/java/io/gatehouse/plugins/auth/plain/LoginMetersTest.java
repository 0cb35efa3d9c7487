/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class LoginMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LoginMeters meters = new LoginMeters();

    /** Of an authenticator whose threads are busy for good. */
    private FairQueue queue(int waiting) {
        FairQueue queue = new FairQueue(task -> {}, 1);
        for (int i = 0; i < waiting; i++) {
            queue.execute(InetAddress.getLoopbackAddress(), () -> {}, dropped -> {});
        }
        return queue;
    }

    private double waiting(String name) {
        return registry.get("gatehouse.auth.plain.waiting")
                .tag("authentication", name)
                .gauge()
                .value();
    }

    @Test
    void whatWaitsIsThatOfAllAuthenticatorsOfTheName() {
        FairQueue replaced = queue(5);
        meters.add("plain", replaced, registry);
        meters.add("plain", queue(2), registry);
        meters.add("other", queue(1), registry);

        assertThat(waiting("plain")).isEqualTo(7);
        assertThat(waiting("other")).isEqualTo(1);
        meters.remove("plain", replaced);
        assertThat(waiting("plain")).as("after a reload").isEqualTo(2);
    }

    @Test
    void hashesAreCountedTogether() {
        meters.slowHashes("plain", registry).increment();
        meters.slowHashes("plain", registry).increment();

        assertThat(meters.slowHashes("plain", registry).count()).isEqualTo(2);
        assertThat(meters.slowHashes("other", registry).count()).isZero();
    }
}
