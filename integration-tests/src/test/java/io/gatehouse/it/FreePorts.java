/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for tests, below those that the system gives to connections, of which any may be taken at any time, and those that the embedded brokers
 * take; Redis has others. Each of the JVMs that run tests at once has its own, and gives none twice before it has given all: a test may
 * take its ports long before it opens them.
 */
final class FreePorts {

    private static final int COUNT = 4_900;
    private static final int FIRST = 10_000 + Integer.getInteger("gatehouse.fork", 1) % 2 * 5_000;

    private static int next = ThreadLocalRandom.current().nextInt(COUNT);

    private FreePorts() {}

    /** The first of so many in a row that nobody listens on. */
    static synchronized int take(int count) throws IOException {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int first = FIRST + next;
            boolean fits = next + count <= COUNT;
            next = fits ? next + count : 0;
            if (fits && areFree(first, count)) {
                return first;
            }
        }
        throw new IOException("no " + count + " free ports in a row");
    }

    private static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.getLocalPort();
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
