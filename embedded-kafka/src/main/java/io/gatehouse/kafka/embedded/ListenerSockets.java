/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The server sockets of one node, bound before the node starts, so that nobody can take a port between its choice and
 * its use.
 *
 * <p>Free ports are taken from below the range from which Linux serves outgoing connections and port 0: there the port
 * of a stopped broker stays free until the broker returns. Thread-safe.
 */
final class ListenerSockets implements ServerSocketFactory, AutoCloseable {

    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 32_000;
    private static final int ATTEMPTS = 200;
    private static final int BACKLOG = 512;

    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, ServerSocketChannel> bound = new HashMap<>();

    /** Binds {@code listener} to {@code port} on loopback; 0 is any free port. */
    synchronized void bind(String listener, int port) {
        ServerSocketChannel channel = port == 0 ? openOnAnyPort() : open(port);
        bound.put(listener, channel);
        ports.put(listener, channel.socket().getLocalPort());
    }

    /** Binds again what the node closed when it stopped. */
    synchronized void rebind() {
        ports.forEach((listener, port) -> bound.computeIfAbsent(listener, name -> open(port)));
    }

    synchronized int port(String listener) {
        Integer port = ports.get(listener);
        if (port == null) {
            throw new IllegalArgumentException(
                    "listener: %s (expected: one of %s)".formatted(listener, ports.keySet()));
        }
        return port;
    }

    @Override
    public synchronized ServerSocketChannel openServerSocket(
            String listenerName, InetSocketAddress address, int listenBacklogSize, int receiveBufferSize) {
        ServerSocketChannel channel = bound.remove(listenerName);
        if (channel == null) {
            throw new IllegalStateException(
                    "listener: %s at %s (expected: one of %s)".formatted(listenerName, address, bound.keySet()));
        }
        return channel;
    }

    /** Closes what no node has taken over. */
    @Override
    public synchronized void close() {
        bound.values().forEach(channel -> Utils.closeQuietly(channel, "server socket"));
        bound.clear();
    }

    private static ServerSocketChannel openOnAnyPort() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT + 1);
            try {
                return tryOpen(port);
            } catch (BindException taken) {
                continue;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        throw new IllegalStateException("free loopback port: none found in %d attempts (expected: one in %d-%d)"
                .formatted(ATTEMPTS, FIRST_PORT, LAST_PORT));
    }

    private static ServerSocketChannel open(int port) {
        try {
            return tryOpen(port);
        } catch (IOException failure) {
            throw new UncheckedIOException("port: %d (expected: a free port on loopback)".formatted(port), failure);
        }
    }

    private static ServerSocketChannel tryOpen(int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(InetAddress.getByName(KafkaNode.HOST), port), BACKLOG);
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }
}
