/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks;

import io.gatehouse.benchmarks.load.Frames;
import io.gatehouse.benchmarks.load.Logins;
import io.gatehouse.benchmarks.load.SlowReaders;
import io.gatehouse.benchmarks.load.Topics;
import io.gatehouse.benchmarks.measure.Figure;
import io.gatehouse.benchmarks.measure.ProcessStats;
import io.gatehouse.benchmarks.measure.Sample;
import io.gatehouse.benchmarks.target.Target;
import io.gatehouse.benchmarks.target.TargetStarter;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What is measured of a gateway by itself: how fast it starts, and what idle connections cost. Each time with a process of its own. */
record OnceOnly(TargetStarter starter, Target target, Topics topics) {

    private static final double KIB = 1024;
    private static final double NANOS_PER_MILLI = 1_000_000;

    /** Until what connecting leaves behind has been put away. */
    private static final Duration SETTLING = Duration.ofSeconds(3);

    private static final Duration STORM = Duration.ofSeconds(3);

    private static final Duration WARM_UP = Duration.ofSeconds(60);

    /** Each fills one of the two spaces of survivors. */
    private static final long WARM_UP_COLLECTIONS = 2;

    private static final Duration SLOWNESS = Duration.ofSeconds(15);

    List<Sample> run(Workload workload) throws IOException, InterruptedException {
        if (workload instanceof Workload.Starting starting) {
            return start(starting.times());
        }
        if (workload instanceof Workload.Idle idle) {
            return List.of(idle(idle));
        }
        if (workload instanceof Workload.SlowReaders slow) {
            return List.of(slowReaders(slow));
        }
        throw new IllegalArgumentException("workload: " + workload.name() + " (expected: one without windows)");
    }

    private List<Sample> start(int times) {
        List<Sample> samples = new ArrayList<>();
        String folder = target.name() + "-started-often";
        for (int i = 0; i <= times; i++) {
            try (Target again = starter.startAgain(target.name(), folder)) {
                double millis = again.startNanos() / NANOS_PER_MILLI;
                samples.add(new Sample(Map.of(i == 0 ? Figure.FIRST_START : Figure.START, millis)));
            }
        }
        return samples;
    }

    private Sample idle(Workload.Idle idle) throws IOException, InterruptedException {
        List<RawKafkaClient> clients = new ArrayList<>();
        try (Target again = starter.startAgain(target.name())) {
            ProcessStats process = again.process().orElseThrow();
            warmUp(again);
            open(again, clients, idle.few());
            double few = process.residentBytes();
            open(again, clients, idle.many());
            double many = process.residentBytes();
            Map<Figure, Double> values = new EnumMap<>(Figure.class);
            values.put(Figure.RESIDENT_PER_CONNECTION, (many - few) / KIB / (idle.many() - idle.few()));
            values.put(Figure.RESIDENT, many / KIB / KIB);
            Histogram logins = Logins.storm(again, 1, STORM);
            Window.addLatencies(values, logins);
            return new Sample(values);
        } finally {
            for (RawKafkaClient client : clients) {
                client.close();
            }
        }
    }

    /**
     * Logs in till the young generation has been gone through: else code that is compiled and heap that is touched for the first time would count
     * as memory of connections.
     */
    private static void warmUp(Target target) throws IOException, InterruptedException {
        long end = System.nanoTime() + WARM_UP.toNanos();
        do {
            Logins.storm(target, 4, STORM);
        } while (System.nanoTime() < end && collections(target) < WARM_UP_COLLECTIONS);
    }

    /** Where nobody can tell, there is no heap to warm up. */
    private static long collections(Target target) {
        return target.jvm().map(jvm -> jvm.read().collections()).orElse(WARM_UP_COLLECTIONS);
    }

    /** What it takes with everybody logged in, and what it takes at the most while they hardly read. */
    private Sample slowReaders(Workload.SlowReaders workload) throws IOException, InterruptedException {
        byte[] fetch = Frames.fetch(topics.seenBy(target).largeRecords(), workload.fetchBytes());
        try (Target again = starter.startAgain(target.name())) {
            ProcessStats process = again.process().orElseThrow();
            Logins.storm(again, 1, STORM);
            try (SlowReaders readers = SlowReaders.open(again, workload.clients())) {
                Thread.sleep(SETTLING.toMillis());
                double before = process.residentBytes();
                readers.send(fetch);
                long end = System.nanoTime() + SLOWNESS.toNanos();
                double most = before;
                while (System.nanoTime() < end) {
                    readers.readALittle();
                    most = Math.max(most, process.residentBytes());
                }
                return new Sample(Map.of(
                        Figure.RESIDENT, most / KIB / KIB,
                        Figure.RESIDENT_GROWTH, (most - before) / KIB / KIB,
                        Figure.RESIDENT_PER_CONNECTION, (most - before) / KIB / workload.clients(),
                        Figure.READ_PER_CONNECTION, readers.bytes() / KIB / workload.clients()));
            }
        }
    }

    private static void open(Target target, List<RawKafkaClient> clients, int count)
            throws IOException, InterruptedException {
        while (clients.size() < count) {
            clients.add(Logins.open(target));
        }
        Thread.sleep(SETTLING.toMillis());
    }
}
