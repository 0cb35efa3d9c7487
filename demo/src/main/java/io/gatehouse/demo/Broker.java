/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

import io.gatehouse.kafka.embedded.EmbeddedKafkaMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Kafka broker as a process of its own; it ends with this process, however that ends. */
final class Broker implements AutoCloseable {

    private static final String READY = "KAFKA READY ";

    private final Process process;
    private final Path log;
    private String address = "";

    /** Starts it; {@link #awaitReady} comes next. */
    Broker(Path data, Path log) throws IOException {
        this.log = log;
        this.process =
                new ProcessBuilder(command(data)).redirectError(log.toFile()).start();
    }

    /** Comes back when clients are served. */
    void awaitReady() throws IOException {
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                address = line.substring(READY.length());
                return;
            }
        }
        throw new QuickstartException(
                "Kafka did not start: " + Files.readString(log).strip());
    }

    private static List<String> command(Path data) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EmbeddedKafkaMain.class.getName()));
        command.addAll(List.of("--data", data.toString(), "--until-stdin-closes"));
        return command;
    }

    /** Host and port, as the gateway is told. */
    String address() {
        return address;
    }

    int port() {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
