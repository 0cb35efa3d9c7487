/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** Whether calls take about as long as each other, by the fastest of each: what else the machine does makes calls slower, never faster. */
final class Timing {

    private static final int LEAST_ROUNDS = 6;
    private static final int MOST_ROUNDS = 60;

    private Timing() {}

    static void assertAlike(List<Callable<?>> calls) throws Exception {
        long[] fastest = new long[calls.size()];
        Arrays.fill(fastest, Long.MAX_VALUE);
        double ratio = Double.MAX_VALUE;
        for (int round = 0; round < MOST_ROUNDS && (round < LEAST_ROUNDS || ratio >= 2); round++) {
            for (int i = 0; i < fastest.length; i++) {
                long start = System.nanoTime();
                calls.get(i).call();
                fastest[i] = Math.min(fastest[i], System.nanoTime() - start);
            }
            ratio = (double) Arrays.stream(fastest).max().orElseThrow()
                    / Arrays.stream(fastest).min().orElseThrow();
        }
        assertThat(ratio).as("%s", Arrays.toString(fastest)).isLessThan(2);
    }
}
