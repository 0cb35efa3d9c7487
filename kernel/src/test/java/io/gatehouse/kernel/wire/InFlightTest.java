/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private final InFlight<Object> inFlight = new InFlight<>();

    private record Entry(short apiKey, short version, int correlationId, long nanos, Object attachment) {}

    @Test
    void whatEntersLeavesInOrderWithAllItsBits() {
        Deque<Entry> expected = new ArrayDeque<>();
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            if (random.nextInt(100) < 52 || expected.isEmpty()) {
                Entry entry = new Entry(
                        (short) random.nextInt(),
                        (short) random.nextInt(),
                        random.nextInt(),
                        random.nextLong(),
                        random.nextBoolean() ? null : new Object());
                expected.add(entry);
                inFlight.add(entry.apiKey(), entry.version(), entry.correlationId(), entry.nanos(), entry.attachment());
            } else {
                expected.remove();
                inFlight.remove();
            }

            assertThat(inFlight.size()).isEqualTo(expected.size());
            if (!expected.isEmpty()) {
                assertFirst(expected.peek());
            }
        }
    }

    @Test
    void extremeValuesDoNotTouchEachOther() {
        inFlight.add((short) -1, (short) 0, 0, 1, null);
        inFlight.add((short) 0, (short) -1, 0, 2, null);
        inFlight.add((short) 0, (short) 0, -1, 3, null);

        assertFirst(new Entry((short) -1, (short) 0, 0, 1, null));
        inFlight.remove();
        assertFirst(new Entry((short) 0, (short) -1, 0, 2, null));
        inFlight.remove();
        assertFirst(new Entry((short) 0, (short) 0, -1, 3, null));
        inFlight.remove();
        assertThat(inFlight.isEmpty()).isTrue();
    }

    private void assertFirst(Entry expected) {
        assertThat(inFlight.apiKey()).isEqualTo(expected.apiKey());
        assertThat(inFlight.apiVersion()).isEqualTo(expected.version());
        assertThat(inFlight.correlationId()).isEqualTo(expected.correlationId());
        assertThat(inFlight.startNanos()).isEqualTo(expected.nanos());
        assertThat(inFlight.attachment()).isSameAs(expected.attachment());
    }
}
