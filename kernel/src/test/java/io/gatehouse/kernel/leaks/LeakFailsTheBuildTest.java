/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeakFailsTheBuildTest {

    @Test
    void aBufferThatNobodyReleasesIsFoundWithWhereItWasTouchedLast() throws InterruptedException {
        LeakFailsTheBuild.found();
        leak();

        List<String> leaks = LeakFailsTheBuild.found();

        assertThat(leaks).singleElement().asString().contains("LeakFailsTheBuildTest.leak");
    }

    @Test
    void releasedBuffersAreNoLeaks() throws InterruptedException {
        LeakFailsTheBuild.found();
        for (int i = 0; i < 100; i++) {
            PooledByteBufAllocator.DEFAULT.directBuffer(64).writeInt(i).release();
        }

        assertThat(LeakFailsTheBuild.found()).isEmpty();
    }

    private static void leak() {
        ByteBuf forgotten = PooledByteBufAllocator.DEFAULT.directBuffer(64);
        forgotten.writeInt(1);
    }
}
