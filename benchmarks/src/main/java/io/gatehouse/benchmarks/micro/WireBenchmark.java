/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.micro;

import io.gatehouse.benchmarks.load.Frames;
import io.gatehouse.kernel.wire.InFlight;
import io.gatehouse.kernel.wire.RequestHead;
import io.gatehouse.kernel.wire.ResponseScanner;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The parts of the frame path by themselves: reading a request's head, scanning a response for addresses, bookkeeping. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class WireBenchmark {

    private static final int MAXIMUM = 100 * 1024 * 1024;
    private static final int SOCKET_READ = 64 * 1024;
    private static final short PRODUCE = ApiKeys.PRODUCE.id;
    private static final short FETCH = ApiKeys.FETCH.id;

    private final RequestHead head = new RequestHead();
    private final ResponseScanner scanner = new ResponseScanner();
    private final InFlight<Object> inFlight = new InFlight<>();
    private ByteBuf produceRequest;
    private ByteBuf fetchRequest;
    private ByteBuf produceResponse;
    private ByteBuf fetchResponse;

    @Setup
    public void setUp() {
        produceRequest = Samples.of("produce").requests(1);
        produceResponse = Samples.of("produce").responses(1);
        fetchRequest = Samples.of("fetch").requests(1);
        fetchResponse = Samples.of("fetch").responses(1);
    }

    @TearDown
    public void tearDown() {
        produceRequest.release();
        produceResponse.release();
        fetchRequest.release();
        fetchResponse.release();
    }

    /** With transactional id and acks. */
    @Benchmark
    public boolean headOfProduce() {
        return head.read(produceRequest, 0, produceRequest.writerIndex(), MAXIMUM);
    }

    @Benchmark
    public boolean headOfFetch() {
        return head.read(fetchRequest, 0, fetchRequest.writerIndex(), MAXIMUM);
    }

    @Benchmark
    public void scanOfProduceResponse() {
        scanner.begin(PRODUCE, (short) 13, produceResponse.writerIndex());
        scanner.scan(produceResponse, 0, produceResponse.writerIndex());
    }

    /** 1 MiB in pieces of 64 KiB. */
    @Benchmark
    public void scanOfFetchResponse() {
        int length = fetchResponse.writerIndex();
        scanner.begin(FETCH, (short) 17, length);
        for (int at = 0; at < length; at += SOCKET_READ) {
            scanner.scan(fetchResponse, at, Math.min(SOCKET_READ, length - at));
        }
    }

    @Benchmark
    public int enterAndLeaveInFlight() {
        inFlight.add(PRODUCE, (short) 13, Frames.CORRELATION_ID, 0, null);
        int correlationId = inFlight.correlationId();
        inFlight.remove();
        return correlationId;
    }
}
