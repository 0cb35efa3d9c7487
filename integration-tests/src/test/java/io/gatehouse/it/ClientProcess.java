/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A client that is a process of its own. It is killed, if need be, when this is closed. */
final class ClientProcess implements AutoCloseable {

    private static final String ESTABLISHED = "01";
    private static final int REMOTE_ADDRESS = 2;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private final Process process;
    private final Path output;

    private ClientProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a command; what it prints goes to a file. */
    static ClientProcess start(Path folder, List<String> command) {
        try {
            Path output = Files.createTempFile(folder, "client", ".log");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            return new ClientProcess(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that it has printed so far. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Waits until it ends; whether it has. */
    boolean endsWithin(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How it ended. */
    int exitValue() {
        return process.exitValue();
    }

    /** Gives it something to read, and then the end. */
    ClientProcess input(String text) {
        try (var stdin = process.outputWriter()) {
            stdin.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Waits until it ends, which must be well, and returns what it has printed. */
    String succeed(Duration patience) throws InterruptedException {
        assertThat(endsWithin(patience))
                .as("%s ended within %s; it printed: %s", process.info().commandLine(), patience, output())
                .isTrue();
        assertThat(process.exitValue()).as(output()).isZero();
        return output();
    }

    /** The ports to which it has a TCP connection now. Linux knows; elsewhere it is the empty set. */
    Set<Integer> remotePorts() {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        Set<Integer> ports = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            Set<String> sockets = descriptors.map(ClientProcess::target).collect(Collectors.toSet());
            for (String table : List.of("net/tcp", "net/tcp6")) {
                for (String line : Files.readAllLines(proc.resolve(table))) {
                    String[] columns = line.trim().split("\\s+");
                    if (columns[STATE].equals(ESTABLISHED) && sockets.contains("socket:[" + columns[INODE] + "]")) {
                        String remote = columns[REMOTE_ADDRESS];
                        ports.add(Integer.parseInt(remote.substring(remote.indexOf(':') + 1), 16));
                    }
                }
            }
            return ports;
        } catch (IOException ended) {
            return Set.of();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
