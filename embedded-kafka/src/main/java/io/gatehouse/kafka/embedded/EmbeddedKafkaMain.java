/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import io.gatehouse.kafka.embedded.EmbeddedKafkaBuilder.ProxyListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as a process of its own: {@code --brokers N} (default 1), {@code --port N} of the first one, the others follow (0, the
 * default, is any free ones), {@code --data DIR} (default is a temporary folder, deleted at the end), {@code --until-stdin-closes} (so
 * that it never outlives who started it), {@code --proxy-listener NAME:PORT:ADVERTISED_PORT} and {@code --property KEY=VALUE}, both as
 * often as needed (see {@link EmbeddedKafkaBuilder}).
 *
 * <p>Prints one line, {@code KAFKA READY} and the bootstrap servers, when clients are served; logs go to standard error. SIGTERM
 * stops it in good order. Exit codes: 0 after the end of standard input, 143 after SIGTERM, 1 for wrong arguments, 2
 * when Kafka does not start.
 */
public final class EmbeddedKafkaMain {

    private EmbeddedKafkaMain() {}

    record Arguments(
            int brokers,
            int port,
            @Nullable Path data,
            boolean untilStdinCloses,
            List<ProxyListener> proxyListeners,
            Map<String, String> properties) {

        /** @throws IllegalArgumentException naming the argument that is wrong, and what is expected. */
        static Arguments parse(List<String> arguments) {
            int brokers = 1;
            int port = 0;
            Path data = null;
            boolean untilStdinCloses = false;
            List<ProxyListener> proxyListeners = new ArrayList<>();
            Map<String, String> properties = new HashMap<>();
            Iterator<String> remaining = arguments.iterator();
            while (remaining.hasNext()) {
                String name = remaining.next();
                switch (name) {
                    case "--brokers" -> brokers = brokers(valueOf(name, remaining));
                    case "--port" -> port = port(valueOf(name, remaining));
                    case "--data" -> data = folder(valueOf(name, remaining));
                    case "--proxy-listener" -> proxyListeners.add(proxyListener(valueOf(name, remaining)));
                    case "--property" -> {
                        String[] property = parts(name, valueOf(name, remaining), "=", 2, "KEY=VALUE");
                        properties.put(property[0], property[1]);
                    }
                    case "--until-stdin-closes" -> untilStdinCloses = true;
                    default ->
                        throw new IllegalArgumentException(
                                "argument: %s (expected: --brokers N, --port N, --data DIR, --until-stdin-closes, --proxy-listener or --property)"
                                        .formatted(name));
                }
            }
            return new Arguments(
                    brokers, port, data, untilStdinCloses, List.copyOf(proxyListeners), Map.copyOf(properties));
        }

        private static String valueOf(String name, Iterator<String> remaining) {
            if (!remaining.hasNext()) {
                throw new IllegalArgumentException(name + ": nothing (expected: a value)");
            }
            return remaining.next();
        }

        private static ProxyListener proxyListener(String text) {
            String[] parts = parts("--proxy-listener", text, ":", 3, "NAME:PORT:ADVERTISED_PORT");
            return new ProxyListener(parts[0], port(parts[1]), port(parts[2]));
        }

        private static String[] parts(String name, String text, String separator, int count, String expected) {
            String[] parts = text.split(separator, count);
            if (parts.length != count) {
                throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, text, expected));
            }
            return parts;
        }

        private static int port(String text) {
            try {
                int port = Integer.parseInt(text);
                if (port >= 0 && port <= 65_535) {
                    return port;
                }
            } catch (NumberFormatException notANumber) {
                // Told below, like a number out of range.
            }
            throw new IllegalArgumentException("--port: %s (expected: 0-65535)".formatted(text));
        }

        private static int brokers(String text) {
            if (!text.matches("[1-9]")) {
                throw new IllegalArgumentException("--brokers: %s (expected: 1-9)".formatted(text));
            }
            return Integer.parseInt(text);
        }

        private static Path folder(String text) {
            try {
                return Path.of(text);
            } catch (InvalidPathException failure) {
                throw new IllegalArgumentException("--data: %s (expected: a folder)".formatted(text), failure);
            }
        }
    }

    public static void main(String[] arguments) throws InterruptedException, IOException {
        useQuietLogging();
        Arguments parsed;
        try {
            parsed = Arguments.parse(List.of(arguments));
        } catch (IllegalArgumentException problem) {
            System.err.println(problem.getMessage());
            System.exit(1);
            return;
        }
        try {
            EmbeddedKafkaCluster cluster = cluster(parsed);
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-kafka"));
            cluster.start();
            System.out.println("KAFKA READY " + cluster.bootstrapServers());
        } catch (RuntimeException failure) {
            System.err.println("Kafka did not start: " + failure.getMessage());
            System.exit(2);
        }
        if (!parsed.untilStdinCloses()) {
            new CountDownLatch(1).await();
        }
        skipToEnd(System.in);
        System.exit(0);
    }

    private static EmbeddedKafkaCluster cluster(Arguments arguments) {
        EmbeddedKafkaBuilder builder = EmbeddedKafkaCluster.builder().brokers(arguments.brokers());
        for (int node = 1; node <= arguments.brokers(); node++) {
            builder.clientPort(node, arguments.port() == 0 ? 0 : arguments.port() + node - 1);
        }
        arguments
                .proxyListeners()
                .forEach(proxy -> builder.proxyListener(proxy.name(), proxy.port(), proxy.advertisedPort()));
        arguments.properties().forEach(builder::property);
        if (arguments.data() != null) {
            builder.dataFolder(arguments.data());
        }
        return builder.build();
    }

    private static void skipToEnd(InputStream input) throws IOException {
        input.transferTo(OutputStream.nullOutputStream());
    }

    private static void useQuietLogging() {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/gatehouse/kafka/embedded/logback-standalone.xml");
        }
    }
}
