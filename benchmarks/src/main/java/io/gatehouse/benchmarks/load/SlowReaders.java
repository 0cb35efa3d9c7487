/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.gatehouse.benchmarks.target.Target;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients that have logged in, send one request each, and read of the response a little now and then. */
public final class SlowReaders implements AutoCloseable {

    private static final int LITTLE = 4 * 1024;
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final List<RawKafkaClient> clients = new ArrayList<>();
    private long bytes;

    private SlowReaders() {}

    public static SlowReaders open(Target target, int count) throws IOException {
        SlowReaders readers = new SlowReaders();
        try {
            while (readers.clients.size() < count) {
                readers.clients.add(Login.connect(target));
            }
            return readers;
        } catch (IOException e) {
            readers.close();
            throw e;
        }
    }

    public void send(byte[] frame) throws IOException {
        for (RawKafkaClient client : clients) {
            client.send(frame);
        }
    }

    /** Every client reads up to 4 KiB of what is there, then all pause: 16 KiB a second each at the most. */
    public void readALittle() throws IOException, InterruptedException {
        byte[] some = new byte[LITTLE];
        for (RawKafkaClient client : clients) {
            bytes += client.readAvailable(some);
        }
        Thread.sleep(PAUSE.toMillis());
    }

    /** What all have read. */
    public double bytes() {
        return bytes;
    }

    @Override
    public void close() {
        for (RawKafkaClient client : clients) {
            try {
                client.close();
            } catch (IOException gone) {
                // It is closed either way.
            }
        }
    }
}
