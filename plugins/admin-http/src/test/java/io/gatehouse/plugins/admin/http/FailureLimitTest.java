/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FailureLimitTest {

    private long now;
    private final FailureLimit limit = new FailureLimit(3, () -> now);

    @Test
    void anAddressMayFailSoOftenAndIsForgivenWithTime() {
        for (int i = 0; i < 3; i++) {
            assertThat(limit.isExceeded("a")).isFalse();
            limit.failed("a");
        }

        assertThat(limit.isExceeded("a")).isTrue();
        assertThat(limit.isExceeded("b")).isFalse();

        now += TimeUnit.SECONDS.toNanos(21);
        assertThat(limit.isExceeded("a")).isFalse();
        limit.failed("a");
        assertThat(limit.isExceeded("a")).isTrue();

        now += TimeUnit.MINUTES.toNanos(2);
        assertThat(limit.isExceeded("a")).isFalse();
    }

    @Test
    void theAddressesOfOneIpv6NetworkAreOne() {
        for (int i = 0; i < 3; i++) {
            limit.failed("2001:db8:0:1::" + i);
        }

        assertThat(limit.isExceeded("2001:db8:0:1:ffff::9")).isTrue();
        assertThat(limit.isExceeded("2001:db8:0:2::1")).isFalse();
    }

    @Test
    void itForgetsTheOldestOfTooManyAddresses() {
        for (int i = 0; i < 3; i++) {
            limit.failed("first");
        }
        for (int i = 0; i < 10_000; i++) {
            limit.failed("other-" + i);
        }

        assertThat(limit.isExceeded("first")).isFalse();
    }
}
