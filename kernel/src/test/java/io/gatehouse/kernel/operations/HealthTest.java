/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {

    private final Health health = new Health();

    @Test
    void withoutChecksAllIsWell() {
        assertThat(health.live()).isEqualTo(new Health.Report(true, Map.of()));
        assertThat(health.ready()).isEqualTo(new Health.Report(true, Map.of()));
    }

    @Test
    void oneReasonIsEnoughToBeDown() {
        health.addReadiness("cluster local", Optional::empty);
        health.addReadiness("plugins", () -> Optional.of("required plugin acl is not loaded"));
        health.addLiveness("event loops", Optional::empty);

        assertThat(health.ready())
                .isEqualTo(new Health.Report(
                        false, Map.of("cluster local", "UP", "plugins", "required plugin acl is not loaded")));
        assertThat(health.live().up()).isTrue();
    }

    @Test
    void aCheckThatThrowsIsNotWell() {
        health.addLiveness("broken", () -> {
            throw new IllegalStateException("oops");
        });

        assertThat(health.live().checks())
                .containsEntry("broken", "the check failed: java.lang.IllegalStateException: oops");
        assertThat(health.live().up()).isFalse();
    }

    @Test
    void aRemovedCheckNoLongerCounts() {
        health.addReadiness("start", () -> Optional.of("starting"));

        health.remove("start");

        assertThat(health.ready().up()).isTrue();
    }
}
