/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.benchmarks.micro.NettyThreads;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What counting costs a request, and asking whether its API is offered at all. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {NettyThreads.CUSTOM_EXECUTOR, NettyThreads.EXECUTOR_CLASS})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class MetersBenchmark {

    private final TrafficMeters meters = new TrafficMeters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    private final ApiKeys api = ApiKeys.PRODUCE;

    @Benchmark
    public void countRequest() {
        meters.request(api.id, 1_000);
    }

    @Benchmark
    public void countResponse() {
        meters.response(api.id, 100, 1_000_000);
    }

    @Benchmark
    public boolean isNeverOffered() {
        return ApiVersionsAnswer.isNeverOffered(api, 13);
    }

    @Benchmark
    public long readClock() {
        return System.nanoTime();
    }
}
