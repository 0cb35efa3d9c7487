/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port that leads to another one of this machine, until it is cut: as a cluster that goes away and comes back. */
final class CuttableRelay {

    private final int port;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private ServerSocket server;

    CuttableRelay(int port, int target) {
        this.port = port;
        this.target = target;
    }

    int port() {
        return port;
    }

    /** Opens the port where it is not open. */
    synchronized void restore() throws IOException {
        if (server != null && !server.isClosed()) {
            return;
        }
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        ServerSocket accepting = server;
        start(() -> {
            while (!accepting.isClosed()) {
                Socket client = accepting.accept();
                open.add(client);
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(broker);
                start(() -> pump(client, broker));
                start(() -> pump(broker, client));
            }
        });
    }

    /** Closes the port and every connection. */
    synchronized void cut() {
        closeQuietly(server);
        open.forEach(CuttableRelay::closeQuietly);
        open.clear();
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        }
    }

    /** What may fail when a connection is cut. */
    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Cut, or closed by one side.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is gone.
        }
    }
}
