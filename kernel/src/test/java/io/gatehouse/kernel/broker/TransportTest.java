/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransportTest {

    @ParameterizedTest
    @CsvSource({"2, 16, 2", "64, 16, 2", "64, 4096, 64", "4, 1, 1"})
    void arenasAreAsManyAsThreadsOrAsDirectMemoryCanFeed(int threads, long mebibytes, int arenas) {
        assertThat(Transport.directArenas(threads, mebibytes * 1024 * 1024)).isEqualTo(arenas);
    }
}
