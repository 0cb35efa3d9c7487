/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process of the {@code redis-server} on the path, in a folder of its own. */
final class RedisProcess implements RedisRuntime {

    private final Path folder;
    private final List<String> command = new ArrayList<>();
    private @Nullable Process process;

    RedisProcess(List<String> arguments, Map<String, byte[]> files) {
        try {
            folder = Files.createTempDirectory("gatehouse-redis");
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(folder.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        command.add("redis-server");
        arguments.forEach(argument -> command.add(argument.replace("{dir}", folder.toString())));
    }

    @Override
    public void start() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("redis-server cannot be started (expected: it is installed)", e);
        }
    }

    @Override
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    @Override
    public void freeze() {
        signal("-STOP");
    }

    @Override
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String signal) {
        run(List.of("kill", signal, String.valueOf(process.pid())), 5_000);
    }

    @Override
    public String run(List<String> program, long timeoutMillis) {
        try {
            Process running =
                    new ProcessBuilder(program).redirectErrorStream(true).start();
            running.getOutputStream().close();
            String printed = RedisServer.read(running.getInputStream());
            if (!running.waitFor(timeoutMillis, TimeUnit.MILLISECONDS) || running.exitValue() != 0) {
                throw new IllegalStateException(program + " failed: " + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String output() {
        try {
            return Files.readString(folder.resolve("output.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
