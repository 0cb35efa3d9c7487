/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.benchmarks.measure.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void theMedianOfAnEvenNumberOfRoundsLiesBetweenTheTwoInTheMiddle() {
        Spread spread = Spread.of(List.of(4.0, 1.0, 3.0, 2.0));

        assertThat(spread).isEqualTo(new Spread(2.5, 1, 4));
    }

    @Test
    void ratiosAreTakenRoundByRound() {
        Spread ratio = Spread.ofRatios(List.of(1.0, 20.0, 3.0), List.of(1.0, 10.0, 1.0));

        assertThat(ratio).isEqualTo(new Spread(2, 1, 3));
        assertThat(ratio).hasToString("2.00 (1.00-3.00)");
    }
}
