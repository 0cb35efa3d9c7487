/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.benchmarks.micro.NettyThreads;
import io.gatehouse.benchmarks.micro.Samples;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A request to the broker and its response back, through the kernel's whole connection, over channels that forget what is written: time, and with
 * {@code -prof gc} bytes, per request with its response.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {NettyThreads.CUSTOM_EXECUTOR, NettyThreads.EXECUTOR_CLASS})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ForwardingBenchmark {

    private static final int FRAMES = 8;

    /** So many bytes of the last frame come with the first read, so that its head is cut. */
    private static final int CUT = 10;

    @Param({"produce", "heartbeat", "fetch"})
    public String api;

    /** {@code nobody}: cut-through; {@code forwards}: an interceptor that wants the request and changes nothing. */
    @Param({"nobody", "forwards"})
    public String chain;

    private BenchmarkedConnection connection;
    private ByteBuf one;
    private ByteBuf oneAnswer;
    private ByteBuf several;
    private ByteBuf severalAnswers;
    private ByteBuf firstPart;
    private ByteBuf secondPart;

    @Setup
    public void setUp() {
        connection = new BenchmarkedConnection(chain.equals("nobody") ? Optional.empty() : Optional.of(forwarding()));
        Samples samples = Samples.of(api);
        one = samples.requests(1);
        oneAnswer = samples.responses(1);
        several = samples.requests(FRAMES);
        severalAnswers = samples.responses(FRAMES);
        int cut = samples.request().length * (FRAMES - 1) + CUT;
        firstPart = several.copy(0, cut);
        secondPart = several.copy(cut, several.writerIndex() - cut);
    }

    private static Interceptor forwarding() {
        return (user, on) -> {
            on.request(ApiKeys.PRODUCE, ProduceRequestData.class, (request, context) -> Decision.forward());
            on.request(ApiKeys.FETCH, FetchRequestData.class, (request, context) -> Decision.forward());
            on.request(ApiKeys.HEARTBEAT, HeartbeatRequestData.class, (request, context) -> Decision.forward());
        };
    }

    @TearDown
    public void tearDown() {
        if (!connection.isOpen()) {
            throw new IllegalStateException("the connection was closed on the way");
        }
        connection.close();
        List.of(one, oneAnswer, several, severalAnswers, firstPart, secondPart).forEach(ByteBuf::release);
    }

    /** A request a read, as with one in flight. */
    @Benchmark
    public void oneFramePerRead() {
        connection.readFromClient(one);
        connection.readFromBroker(oneAnswer);
    }

    /** Eight requests a read, as with several in flight. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public void severalFramesPerRead() {
        connection.readFromClient(several);
        connection.readFromBroker(severalAnswers);
    }

    /** Eight requests in two reads, the second of which begins in the middle of a head. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public void readsThatCutAHead() {
        connection.readFromClient(firstPart);
        connection.readFromClient(secondPart);
        connection.readFromBroker(severalAnswers);
    }
}
