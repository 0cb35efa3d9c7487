/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.micro;

import io.gatehouse.benchmarks.load.Frames;
import io.gatehouse.benchmarks.load.Topic;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.wire.Codec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * Requests with their responses, as bytes in direct buffers.
 *
 * @param request one frame
 * @param response one frame
 */
public record Samples(byte[] request, byte[] response) {

    /** What they name. */
    public static final Topic TOPIC = new Topic(new Uuid(1, 2), "bench");

    private static final int FETCHED_BATCHES = 16;

    /** {@code produce}: one record of 100 B; {@code fetch}: answered with 1 MiB; {@code heartbeat}: nothing in it that is scanned. */
    public static Samples of(String name) {
        return switch (name) {
            case "produce" -> new Samples(Frames.produce(TOPIC, 100, 1, 1), response(ApiKeys.PRODUCE, 13, produced()));
            case "fetch" ->
                new Samples(Frames.fetch(TOPIC, Frames.FETCH_BYTES), response(ApiKeys.FETCH, 17, fetched()));
            case "heartbeat" ->
                new Samples(
                        RawKafkaClient.frame(
                                ApiKeys.HEARTBEAT,
                                4,
                                new HeartbeatRequestData()
                                        .setGroupId("group")
                                        .setMemberId("member")
                                        .setGenerationId(1),
                                Frames.CORRELATION_ID,
                                "bench"),
                        response(ApiKeys.HEARTBEAT, 4, new HeartbeatResponseData()));
            default ->
                throw new IllegalArgumentException("sample: " + name + " (expected: produce, fetch or heartbeat)");
        };
    }

    /**
     * A small Produce request of a client without topic ids, and what the broker answers.
     *
     * @param prefix of the topic's name at the broker
     */
    public static Samples producedByName(String prefix) {
        ProduceResponseData.TopicProduceResponseCollection topics =
                new ProduceResponseData.TopicProduceResponseCollection();
        topics.add(new ProduceResponseData.TopicProduceResponse()
                .setName(prefix + TOPIC.name())
                .setPartitionResponses(List.of(new ProduceResponseData.PartitionProduceResponse())));
        return new Samples(
                Frames.produceByName(TOPIC, 100, 1, 1),
                response(ApiKeys.PRODUCE, 7, new ProduceResponseData().setResponses(topics)));
    }

    /** So many copies of a frame in one direct buffer, as after one read of a socket. */
    static ByteBuf repeat(byte[] frame, int times) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(frame.length * times);
        for (int i = 0; i < times; i++) {
            buffer.writeBytes(frame);
        }
        return buffer;
    }

    /** So many of the requests in one buffer. */
    public ByteBuf requests(int times) {
        return repeat(request, times);
    }

    /** So many of the responses in one buffer. */
    public ByteBuf responses(int times) {
        return repeat(response, times);
    }

    private static ProduceResponseData produced() {
        ProduceResponseData.TopicProduceResponseCollection topics =
                new ProduceResponseData.TopicProduceResponseCollection();
        topics.add(new ProduceResponseData.TopicProduceResponse()
                .setTopicId(TOPIC.id())
                .setPartitionResponses(List.of(new ProduceResponseData.PartitionProduceResponse())));
        return new ProduceResponseData().setResponses(topics);
    }

    private static FetchResponseData fetched() {
        SimpleRecord[] records = new SimpleRecord[Frames.SMALL_RECORDS_PER_BATCH * FETCHED_BATCHES];
        for (int i = 0; i < records.length; i++) {
            records[i] = new SimpleRecord(new byte[Frames.SMALL_RECORD]);
        }
        return new FetchResponseData()
                .setResponses(List.of(new FetchResponseData.FetchableTopicResponse()
                        .setTopicId(TOPIC.id())
                        .setPartitions(List.of(new FetchResponseData.PartitionData()
                                .setRecords(MemoryRecords.withRecords(Compression.NONE, records))))));
    }

    private static byte[] response(ApiKeys api, int version, ApiMessage message) {
        ByteBuf frame = new Codec()
                .encodeResponse(api, (short) version, Frames.CORRELATION_ID, message, PooledByteBufAllocator.DEFAULT);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        frame.release();
        return bytes;
    }
}
