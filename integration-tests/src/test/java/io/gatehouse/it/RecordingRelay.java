/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between clients and a gateway, port by port, and reads every byte that the gateway sends: it looks for byte
 * strings that no client may see. It can also cut all connections.
 */
final class RecordingRelay implements AutoCloseable {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final List<ServerSocket> sockets;
    private final Map<String, byte[]> forbidden = new ConcurrentHashMap<>();
    private final Queue<String> sightings = new ConcurrentLinkedQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<Integer> targets = new CopyOnWriteArrayList<>();

    private RecordingRelay(List<ServerSocket> sockets) {
        this.sockets = sockets;
    }

    /** Listens on so many free ports in a row. */
    static RecordingRelay listen(int ports) {
        for (int attempt = 0; attempt < 100; attempt++) {
            List<ServerSocket> sockets = new ArrayList<>();
            try {
                int first = FreePorts.take(ports);
                for (int port = first; port < first + ports; port++) {
                    sockets.add(new ServerSocket(port, 100, InetAddress.getLoopbackAddress()));
                }
                return new RecordingRelay(sockets);
            } catch (IOException busy) {
                sockets.forEach(RecordingRelay::closeQuietly);
            }
        }
        throw new IllegalStateException("no " + ports + " free ports in a row");
    }

    /** The lowest port. */
    int firstPort() {
        return sockets.get(0).getLocalPort();
    }

    boolean hasPort(int port) {
        return port >= firstPort() && port < firstPort() + sockets.size();
    }

    /** Relays from now on: the lowest port to this one, the next to the next. */
    void relayTo(int firstTargetPort) {
        targets.add(firstTargetPort);
        for (ServerSocket socket : sockets) {
            daemon("relay-accept", () -> accept(socket));
        }
    }

    /** Relays every other connection to these ports from now on, as a load balancer does with a server that joins. */
    void balanceWith(int firstTargetPort) {
        targets.add(firstTargetPort);
    }

    /** No client may see an address in any form that Kafka's responses have: the host and then the port as a number. */
    void forbid(String host, int port) {
        byte[] name = host.getBytes(StandardCharsets.UTF_8);
        byte[] asInt32 = Arrays.copyOf(name, name.length + 4);
        asInt32[name.length + 2] = (byte) (port >>> 8);
        asInt32[name.length + 3] = (byte) port;
        byte[] asUint16 = Arrays.copyOf(name, name.length + 2);
        asUint16[name.length] = (byte) (port >>> 8);
        asUint16[name.length + 1] = (byte) port;
        forbidden.put(host + ":" + port + " as a string and an int32", asInt32);
        forbidden.put(host + ":" + port + " as a string and a uint16", asUint16);
    }

    /** No client may see this text. */
    void forbid(String text) {
        forbidden.put("\"" + text + "\"", text.getBytes(StandardCharsets.UTF_8));
    }

    /** What clients were sent although it is forbidden. */
    List<String> sightings() {
        return List.copyOf(sightings);
    }

    /** How many connections clients have opened so far. */
    int accepted() {
        return accepted.get();
    }

    /** Breaks every connection that is open now; new ones are accepted. */
    void cut() {
        open.forEach(RecordingRelay::closeQuietly);
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                int number = accepted.incrementAndGet();
                open.add(client);
                daemon("relay", () -> relay(client, socket.getLocalPort(), number));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void relay(Socket client, int port, int number) {
        try (client;
                Socket gateway = new Socket()) {
            open.add(gateway);
            client.setTcpNoDelay(true);
            gateway.setTcpNoDelay(true);
            int target = targets.get(number % targets.size());
            gateway.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target + port - firstPort()));
            daemon("relay-requests", () -> pump(client, gateway, new byte[0][], port));
            pump(gateway, client, forbidden.values().toArray(byte[][]::new), port);
            open.remove(gateway);
        } catch (IOException refused) {
            closeQuietly(client);
        } finally {
            open.remove(client);
        }
    }

    private void pump(Socket from, Socket to, byte[][] watched, int port) {
        int overlap =
                Arrays.stream(watched).mapToInt(bytes -> bytes.length - 1).max().orElse(0);
        byte[] buffer = new byte[overlap + BUFFER_BYTES];
        int kept = 0;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (true) {
                int read = in.read(buffer, kept, BUFFER_BYTES);
                if (read < 0) {
                    to.shutdownOutput();
                    return;
                }
                watch(buffer, kept + read, watched, port);
                out.write(buffer, kept, read);
                int total = kept + read;
                kept = Math.min(overlap, total);
                System.arraycopy(buffer, total - kept, buffer, 0, kept);
            }
        } catch (IOException cut) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private void watch(byte[] buffer, int length, byte[][] watched, int port) {
        for (byte[] pattern : watched) {
            for (int at = 0; at <= length - pattern.length; at++) {
                if (buffer[at] == pattern[0]
                        && Arrays.equals(buffer, at, at + pattern.length, pattern, 0, pattern.length)) {
                    sightings.add("port " + port + ": " + nameOf(pattern));
                }
            }
        }
    }

    private String nameOf(byte[] pattern) {
        return forbidden.entrySet().stream()
                .filter(entry -> entry.getValue() == pattern)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("?");
    }

    @Override
    public void close() {
        sockets.forEach(RecordingRelay::closeQuietly);
        cut();
    }

    private static void closeQuietly(java.io.Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
