/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A process that ends with the harness; its output goes to a file. */
final class ChildProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long POLL_NANOS = 10_000_000;
    private static final long STOP_SECONDS = 20;

    private final String name;
    private final Path output;
    private final Process process;
    private final Thread atExit;
    private final long startedNanos;
    private long awaitedNanos;

    private ChildProcess(String name, Path output, long startedNanos, Process process) {
        this.name = name;
        this.output = output;
        this.startedNanos = startedNanos;
        this.process = process;
        this.atExit = new Thread(process::destroyForcibly, "end-" + name);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    static ChildProcess start(String name, Path folder, Map<String, String> environment, List<String> command) {
        Path output = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(name, output, System.nanoTime(), builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** How long it took from its start until what was waited for last. */
    long startNanos() {
        return awaitedNanos - startedNanos;
    }

    long pid() {
        return process.pid();
    }

    /** Returns when the port accepts connections. */
    ChildProcess awaitPort(int port) {
        return await("listens on port " + port, () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    /** Returns when the output has this text. */
    ChildProcess awaitOutput(String text) {
        return await("says " + text, () -> output().contains(text));
    }

    ChildProcess await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new IllegalStateException(name + ": " + (process.isAlive() ? "too slow" : "ended")
                        + " (expected: " + what + ")\n" + output());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        awaitedNanos = System.nanoTime();
        return this;
    }

    private String output() {
        try {
            return Files.exists(output) ? Files.readString(output) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // The hook runs already.
        }
    }
}
