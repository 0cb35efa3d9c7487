/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The unzipped distribution, started by its own script and changed only through its files. */
final class Gateway implements AutoCloseable {

    private static final String SHIPPED_CLUSTER = "localhost:9092";
    private static final int SHIPPED_FIRST_PORT = 19_092;
    private static final int SHIPPED_LAST_PORT = 19_192;
    private static final int SHIPPED_MANAGEMENT_PORT = 9190;
    private static final int SHIPPED_ADMINISTRATION_PORT = 9191;
    private static final int OTHER_PORTS = 20;

    private final Path home;
    private final Path console;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private int firstPort = SHIPPED_FIRST_PORT;
    private int lastPort = SHIPPED_LAST_PORT;
    private int managementPort = SHIPPED_MANAGEMENT_PORT;
    private @Nullable Process process;
    private boolean closed;

    /** @param console where what it prints goes */
    Gateway(Path home, Path console) {
        this.home = home;
        this.console = console;
    }

    /** Edits conf/gatehouse.yaml: the cluster's address, and ports where those that are shipped are taken. */
    void configure(String bootstrapServers) throws IOException {
        Path file = home.resolve("conf/gatehouse.yaml");
        String text = replace(Files.readString(file), SHIPPED_CLUSTER, bootstrapServers);
        if (!areFree(firstPort, lastPort)) {
            firstPort = freePorts();
            lastPort = firstPort + OTHER_PORTS - 1;
            text = replace(text, SHIPPED_FIRST_PORT + "-" + SHIPPED_LAST_PORT, firstPort + "-" + lastPort);
        }
        if (!areFree(managementPort, managementPort)) {
            managementPort = freePorts();
            text = replace(text, "port: " + SHIPPED_MANAGEMENT_PORT, "port: " + managementPort);
        }
        if (!areFree(SHIPPED_ADMINISTRATION_PORT, SHIPPED_ADMINISTRATION_PORT)) {
            text = replace(text, "port: " + SHIPPED_ADMINISTRATION_PORT, "port: " + freePorts());
        }
        Files.writeString(file, text);
    }

    private static String replace(String text, String shipped, String ours) {
        if (!text.contains(shipped)) {
            throw new QuickstartException("expected in conf/gatehouse.yaml: " + shipped);
        }
        return text.replace(shipped, ours);
    }

    /** Comes back when it is ready. */
    void start() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("bin/gatehouse").toString(), "run")
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(console.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        List.of("GATEHOUSE_HOME", "GATEHOUSE_LOG_DIR", "GATEHOUSE_OPTS").forEach(builder.environment()::remove);
        Process started = start(builder);
        Waiting.until("the gateway to be ready", Duration.ofSeconds(120), () -> {
            if (!started.isAlive()) {
                throw new QuickstartException("the gateway ended with exit code " + started.exitValue());
            }
            return isReady();
        });
    }

    private synchronized Process start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new QuickstartException("the gateway is not started, as the quickstart ends");
        }
        Process started = builder.start();
        process = started;
        return started;
    }

    private boolean isReady() throws InterruptedException {
        try {
            return http.send(
                                    HttpRequest.newBuilder(URI.create(management() + "/health/ready"))
                                            .timeout(Duration.ofSeconds(5))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    Path home() {
        return home;
    }

    String bootstrapServers() {
        return "localhost:" + firstPort;
    }

    /** Where health and metrics are. */
    String management() {
        return "http://127.0.0.1:" + managementPort;
    }

    /** Whether a port is one of the listener's. */
    boolean listensOn(int port) {
        return port >= firstPort && port <= lastPort;
    }

    /** Copies a jar into the plugins folder, as {@code cp} does. */
    void dropPlugin(Path jar) throws IOException {
        Files.copy(
                jar,
                home.resolve("plugins").resolve(jar.getFileName()),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** The last lines that it printed. */
    String lastWords(int lines) throws IOException {
        if (!Files.exists(console)) {
            return "";
        }
        List<String> all = Files.readAllLines(console);
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    private static int freePorts() {
        for (int attempt = 0; attempt < 200; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (areFree(first, first + OTHER_PORTS - 1)) {
                return first;
            }
        }
        throw new QuickstartException(
                "expected on this machine: " + OTHER_PORTS + " free ports in a row from 20000 on");
    }

    private static boolean areFree(int first, int last) {
        for (int port = first; port <= last; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.getLocalPort();
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    @Override
    public synchronized void close() throws InterruptedException {
        closed = true;
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroy();
        if (!running.waitFor(40, TimeUnit.SECONDS)) {
            running.destroyForcibly().waitFor();
        }
    }
}
