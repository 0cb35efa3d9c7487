/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BrokerSessionTest {

    @Test
    void theNextAuthenticationIsAt85To95PercentOfTheSessionAndNotAllAtOnce() {
        Random random = new Random(368);

        long[] delays = LongStream.range(0, 1_000)
                .map(i -> BrokerSession.delayMillis(3_600_000, random))
                .toArray();

        assertThat(LongStream.of(delays).boxed()).allMatch(delay -> delay >= 3_060_000 && delay <= 3_420_000);
        assertThat(LongStream.of(delays).distinct().count()).isGreaterThan(5);
    }

    @Test
    void itIsNeverSoonerThanBrokersAllowNorLostToAnOverflow() {
        Random random = new Random(368);

        assertThat(BrokerSession.delayMillis(1, random)).isEqualTo(1_100);
        assertThat(BrokerSession.delayMillis(Long.MAX_VALUE, random)).isPositive();
    }
}
