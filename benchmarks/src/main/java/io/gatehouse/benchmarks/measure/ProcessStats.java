/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What Linux says about a process. Stateless; each call reads {@code /proc} anew.
 *
 * @param processes by id; they count together
 */
public record ProcessStats(List<Long> processes) {

    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int USER_TICKS_FIELD = 11;
    private static final int SYSTEM_TICKS_FIELD = 12;

    /** A process with the children that it has now: some proxies are a master with workers. */
    public static ProcessStats of(long pid) {
        List<Long> processes = new ArrayList<>(List.of(pid));
        ProcessHandle.of(pid).ifPresent(process -> process.descendants().forEach(child -> processes.add(child.pid())));
        return new ProcessStats(List.copyOf(processes));
    }

    /** CPU time since the process began: user and system together, in nanoseconds, exact to the scheduler's clock. */
    public long cpuNanos() {
        long nanos = 0;
        for (long process : processes) {
            nanos += ofThreads(process);
        }
        return nanos;
    }

    private static long ofThreads(long process) {
        long nanos = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(proc(process, "task"))) {
            for (Path thread : threads) {
                nanos += firstNumber(thread.resolve("schedstat"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return nanos;
    }

    /** The system's part of the CPU time, in nanoseconds, exact to 10 ms. */
    public long systemNanos() {
        return statField(SYSTEM_TICKS_FIELD) * NANOS_PER_TICK;
    }

    /** The process's own part of the CPU time, in nanoseconds, exact to 10 ms. */
    public long userNanos() {
        return statField(USER_TICKS_FIELD) * NANOS_PER_TICK;
    }

    private long statField(int field) {
        long sum = 0;
        for (long process : processes) {
            String stat = read(proc(process, "stat"));
            sum += Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]);
        }
        return sum;
    }

    /** Memory in RAM, in bytes. */
    public long residentBytes() {
        long bytes = 0;
        for (long process : processes) {
            for (String line : read(proc(process, "status")).split("\n")) {
                if (line.startsWith("VmRSS:")) {
                    bytes += Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        }
        return bytes;
    }

    private static long firstNumber(Path file) throws IOException {
        try {
            String text = Files.readString(file);
            return Long.parseLong(text.substring(0, text.indexOf(' ')));
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }

    /** How much CPU time the whole machine has used since it began, in nanoseconds, exact to 10 ms. */
    public static long machineBusyNanos() {
        String[] fields =
                read(Path.of("/proc/stat")).lines().findFirst().orElseThrow().split(" +");
        long ticks = 0;
        for (int field = 1; field < fields.length && field <= 8; field++) {
            boolean idle = field == 4 || field == 5;
            ticks += idle ? 0 : Long.parseLong(fields[field]);
        }
        return ticks * NANOS_PER_TICK;
    }

    private static Path proc(long process, String file) {
        return Path.of("/proc", Long.toString(process), file);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
