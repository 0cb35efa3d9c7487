/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.gatehouse.benchmarks.target.Target;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * A request that is replayed, and what its responses look like when all is well: all of them are equally long and have 0 in one place.
 *
 * @param bytes the frame, with its size
 * @param responseBytes of each response, with its size
 * @param errorAt where in the response the error code is
 */
record Request(byte[] bytes, int responseBytes, int errorAt) {

    /** Where Produce responses of one topic and partition have the partition's error code: with topic ids, and with names of no characters. */
    private static final int PRODUCE_ERROR = 31;

    private static final int PRODUCE_BY_NAME_ERROR = 22;

    /** Where Fetch responses have their own error code. */
    private static final int FETCH_ERROR = 13;

    private static final int FETCH_BY_NAME_ERROR = 12;

    /** Sends the frame once and reads its response with all care. */
    static Request tryOut(Target target, byte[] frame) throws IOException {
        boolean produce = ByteBuffer.wrap(frame).getShort(Integer.BYTES) == ApiKeys.PRODUCE.id;
        short version = ByteBuffer.wrap(frame).getShort(Integer.BYTES + Short.BYTES);
        try (RawKafkaClient client = Login.connect(target)) {
            client.send(frame);
            byte[] response = client.readFrame();
            int errorAt = produce ? ofProduce(response, version) : ofFetch(response, version);
            byte[] codeOnTheWire = Arrays.copyOfRange(response, errorAt - 4, errorAt - 2);
            if (!Arrays.equals(codeOnTheWire, new byte[2])) {
                throw new IOException(target.name() + ": no error code at " + errorAt + " (expected: 0)");
            }
            return new Request(frame, Integer.BYTES + response.length, errorAt);
        }
    }

    private static int ofProduce(byte[] frame, short version) throws IOException {
        ProduceResponseData response = RawKafkaClient.parse(frame, ApiKeys.PRODUCE, version, Frames.CORRELATION_ID);
        ProduceResponseData.TopicProduceResponse topic =
                response.responses().iterator().next();
        require(Errors.forCode(topic.partitionResponses().get(0).errorCode()));
        return version == Frames.PRODUCE_VERSION
                ? PRODUCE_ERROR
                : PRODUCE_BY_NAME_ERROR + topic.name().length();
    }

    private static int ofFetch(byte[] frame, short version) throws IOException {
        FetchResponseData response = RawKafkaClient.parse(frame, ApiKeys.FETCH, version, Frames.CORRELATION_ID);
        require(Errors.forCode(response.errorCode()));
        FetchResponseData.PartitionData partition =
                response.responses().get(0).partitions().get(0);
        require(Errors.forCode(partition.errorCode()));
        if (partition.records() == null || partition.records().sizeInBytes() == 0) {
            throw new IOException("records: none (expected: some)");
        }
        return version == Frames.FETCH_VERSION ? FETCH_ERROR : FETCH_BY_NAME_ERROR;
    }

    private static void require(Errors error) throws IOException {
        if (error != Errors.NONE) {
            throw new IOException("response: " + error + " (expected: NONE)");
        }
    }
}
