/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks;

import io.gatehouse.benchmarks.load.FixedRate;
import io.gatehouse.benchmarks.load.Load;
import io.gatehouse.benchmarks.load.Load.Progress;
import io.gatehouse.benchmarks.load.Logins;
import io.gatehouse.benchmarks.load.Topics;
import io.gatehouse.benchmarks.measure.Figure;
import io.gatehouse.benchmarks.measure.Sample;
import io.gatehouse.benchmarks.target.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * One window of one workload against one target: what was done, and what it cost meanwhile.
 *
 * @param others what else runs for the benchmark: broker and harness
 */
record Window(Target target, Topics topics, Meter.Others others, Duration length) {

    private static final double MIB = 1024 * 1024;
    private static final double NANOS_PER_MICRO = 1_000;
    private static final double NANOS_PER_MILLI = 1_000_000;

    /** Between the begin of a flood and its measurement. */
    private static final Duration RAMP = Duration.ofMillis(200);

    Sample run(Workload workload) throws IOException, InterruptedException {
        if (workload instanceof Workload.Flood flood) {
            return flood(flood);
        }
        if (workload instanceof Workload.Paced paced) {
            return paced(paced);
        }
        if (workload instanceof Workload.Storm storm) {
            return storm(storm);
        }
        throw new IllegalArgumentException("workload: " + workload.name() + " (expected: one that has windows)");
    }

    private Sample flood(Workload.Flood flood) throws IOException, InterruptedException {
        try (Load load = Load.begin(
                        target,
                        flood.frame().apply(topics.seenBy(target)),
                        flood.fetches(),
                        flood.connections(),
                        flood.depth());
                Producers producers = Producers.begin(target, topics, flood.producers())) {
            Thread.sleep(RAMP.toMillis());
            Meter meter = Meter.begin(target, others);
            Progress before = load.progress();
            long producedBefore = producers.bytes();
            Thread.sleep(length.toMillis());
            Progress after = load.progress();
            double bytes = after.bytes() - before.bytes() + (producers.bytes() - producedBefore);
            double requests = after.requests() - before.requests();
            Map<Figure, Double> values = meter.end();
            double seconds = meter.seconds();
            values.put(Figure.THROUGHPUT, bytes / MIB / seconds);
            values.put(Figure.REQUESTS, requests / seconds);
            meter.cpuNanos().ifPresent(nanos -> {
                values.put(Figure.CPU_PER_MIB, nanos / NANOS_PER_MILLI / (bytes / MIB));
                values.put(Figure.CPU_PER_REQUEST, nanos / NANOS_PER_MICRO / requests);
            });
            meter.allocatedBytes()
                    .ifPresent(allocated -> values.put(Figure.ALLOCATION_PER_REQUEST, allocated / requests));
            return new Sample(values);
        }
    }

    /** Those of a fan-out; there may be none. */
    private record Producers(Optional<Load> load) implements AutoCloseable {
        static Producers begin(Target target, Topics topics, int connections) throws IOException, InterruptedException {
            return new Producers(
                    connections == 0
                            ? Optional.empty()
                            : Optional.of(Load.begin(
                                    target,
                                    Workload.smallBatch().apply(topics.seenBy(target)),
                                    false,
                                    connections,
                                    1)));
        }

        long bytes() throws IOException, InterruptedException {
            return load.isEmpty() ? 0 : load.get().progress().bytes();
        }

        @Override
        public void close() {
            load.ifPresent(Load::close);
        }
    }

    private Sample paced(Workload.Paced paced) throws IOException, InterruptedException {
        Meter meter = Meter.begin(target, others);
        Histogram latencies = FixedRate.run(target, Workload.single(topics.seenBy(target)), paced.perSecond(), length);
        Map<Figure, Double> values = meter.end();
        addLatencies(values, latencies);
        values.put(Figure.REQUESTS, latencies.getTotalCount() / meter.seconds());
        meter.cpuNanos()
                .ifPresent(nanos ->
                        values.put(Figure.CPU_PER_REQUEST, nanos / NANOS_PER_MICRO / latencies.getTotalCount()));
        return new Sample(values);
    }

    private Sample storm(Workload.Storm storm) throws IOException, InterruptedException {
        Meter meter = Meter.begin(target, others);
        Histogram took = Logins.storm(target, storm.threads(), length);
        Map<Figure, Double> values = meter.end();
        addLatencies(values, took);
        values.put(Figure.CONNECTIONS, took.getTotalCount() / meter.seconds());
        meter.cpuNanos()
                .ifPresent(
                        nanos -> values.put(Figure.CPU_PER_CONNECTION, nanos / NANOS_PER_MICRO / took.getTotalCount()));
        return new Sample(values);
    }

    static void addLatencies(Map<Figure, Double> values, Histogram nanos) {
        values.put(Figure.LATENCY_P50, nanos.getValueAtPercentile(50) / NANOS_PER_MICRO);
        values.put(Figure.LATENCY_P99, nanos.getValueAtPercentile(99) / NANOS_PER_MICRO);
        values.put(Figure.LATENCY_P999, nanos.getValueAtPercentile(99.9) / NANOS_PER_MICRO);
        values.put(Figure.LATENCY_MAX, nanos.getMaxValue() / NANOS_PER_MICRO);
    }
}
