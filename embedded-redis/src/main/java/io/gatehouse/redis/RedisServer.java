/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/**
 * A Redis server on a port of the loopback address: a container of the image in the system property {@value #IMAGE} where Docker is, else a
 * process of the {@code redis-server} that is installed.
 *
 * <pre>{@code
 * try (RedisServer redis = RedisServer.describe().start()) {
 *     redis.cli("SET", "greeting", "hello");
 *     redis.kill();
 *     redis.startAgain();   // on the same port, with what was written
 * }
 * }</pre>
 *
 * Belongs to one thread.
 */
public final class RedisServer implements AutoCloseable {

    /** The system property, and in upper case with underscores the environment variable, that names the image. */
    public static final String IMAGE = "gatehouse.redis.image";

    private static final Logger log = LoggerFactory.getLogger(RedisServer.class);
    private static final long START_MILLIS = 20_000;
    private static final long CLI_MILLIS = 10_000;

    private final int port;
    private final List<String> cliArguments;
    private final RedisRuntime runtime;

    private RedisServer(int port, List<String> cliArguments, RedisRuntime runtime) {
        this.port = port;
        this.cliArguments = cliArguments;
        this.runtime = runtime;
    }

    /** Starts a description. */
    public static Builder describe() {
        return new Builder();
    }

    /** Describes a server. */
    public static final class Builder {
        private final List<String> arguments = new ArrayList<>();
        private final List<String> cliArguments = new ArrayList<>();
        private final Map<String, byte[]> files = new LinkedHashMap<>();
        private int port;
        private boolean tls;
        private boolean persistent = true;

        /** More arguments of {@code redis-server}. {@code {dir}} in them is the folder of {@link #file}. */
        public Builder arguments(String... values) {
            arguments.addAll(List.of(values));
            return this;
        }

        /** Arguments of each {@code redis-cli}, such as a user's. */
        public Builder cliArguments(String... values) {
            cliArguments.addAll(List.of(values));
            return this;
        }

        /** A file beside the server. */
        public Builder file(String name, byte[] content) {
            files.put(name, content);
            return this;
        }

        /** The port, instead of any free one. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** TLS alone, with the files {@code server.crt}, {@code server.key} and {@code ca.crt}. */
        public Builder tls() {
            tls = true;
            return arguments(
                            "--tls-cert-file", "{dir}/server.crt",
                            "--tls-key-file", "{dir}/server.key",
                            "--tls-ca-cert-file", "{dir}/ca.crt",
                            "--tls-auth-clients", "no")
                    .cliArguments("--tls", "--insecure");
        }

        /** Forgets everything when it is started again. */
        public Builder forgetful() {
            persistent = false;
            return this;
        }

        /** Starts it, and waits until it takes connections. */
        public RedisServer start() {
            int bound = port == 0 ? freePort() : port;
            List<String> all = new ArrayList<>();
            if (!files.containsKey("server.conf")) {
                all.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", persistent ? "yes" : "no"));
                all.addAll(List.of("--appendfsync", "always", "--dir", "{dir}"));
                all.addAll(List.of(tls ? "--tls-port" : "--port", String.valueOf(bound)));
                if (tls) {
                    all.addAll(List.of("--port", "0"));
                }
            }
            all.addAll(arguments);
            RedisRuntime runtime = inContainers() ? new RedisContainer(all, files) : new RedisProcess(all, files);
            RedisServer server = new RedisServer(bound, List.copyOf(cliArguments), runtime);
            server.startAgain();
            return server;
        }
    }

    /** A port that nobody listens on, with one 10,000 above it for a cluster's bus. */
    public static int freePort() {
        for (int attempt = 0; attempt < 100; attempt++) {
            // Below the ports that the system gives to connections, of which any may be taken at any time, and those of
            // other tests.
            int port = 5_000 + (int) (Math.random() * 5_000);
            try (ServerSocket one = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    ServerSocket bus = new ServerSocket(port + 10_000, 1, InetAddress.getLoopbackAddress())) {
                return one.getLocalPort();
            } catch (IOException e) {
                log.trace("port {} is taken", port);
            }
        }
        throw new IllegalStateException("no free port");
    }

    /** Whether servers run in containers here. */
    public static boolean inContainers() {
        return Choice.CONTAINERS;
    }

    static String image() {
        String variable = System.getenv(IMAGE.toUpperCase(java.util.Locale.ROOT).replace('.', '_'));
        return System.getProperty(IMAGE, variable == null ? "" : variable);
    }

    /** Made once: asking for Docker takes a moment. */
    private static final class Choice {
        static final boolean CONTAINERS = choose();

        private static boolean choose() {
            boolean there = false;
            try {
                there = !image().isEmpty() && DockerClientFactory.instance().isDockerAvailable();
            } catch (RuntimeException | LinkageError e) {
                log.warn("Docker cannot be asked: {}", e.toString());
            }
            String form = there ? "in containers of " + image() + " (Testcontainers)" : "as processes";
            System.out.println("Redis servers of tests run " + form);
            return there;
        }
    }

    public int port() {
        return port;
    }

    /** As clients write it. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /**
     * Runs {@code redis-cli} with a command.
     *
     * @return what it prints
     */
    public String cli(String... command) {
        List<String> line = new ArrayList<>(List.of("redis-cli", "-h", "127.0.0.1", "-p", String.valueOf(port)));
        line.addAll(cliArguments);
        line.addAll(List.of(command));
        return runtime.run(line, CLI_MILLIS).strip();
    }

    /** Ends it at once, as a crash does. */
    public void kill() {
        runtime.kill();
    }

    /** Freezes it: it answers nobody, and its connections stay. */
    public void freeze() {
        runtime.freeze();
    }

    /** Ends {@link #freeze}. */
    public void thaw() {
        runtime.thaw();
    }

    /** Starts it again on its port. */
    public void startAgain() {
        runtime.start();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (!accepts()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "redis-server does not listen on " + port + " (" + runtime.output() + ")");
            }
            sleep(20);
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String read(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        runtime.close();
    }
}
