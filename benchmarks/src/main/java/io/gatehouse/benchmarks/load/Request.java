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

    private static final int PRODUCE_ERROR = 31;
    private static final int FETCH_ERROR = 13;

    /** Sends the frame once and reads its response with all care. */
    static Request tryOut(Target target, byte[] frame) throws IOException {
        boolean produce = ByteBuffer.wrap(frame).getShort(Integer.BYTES) == ApiKeys.PRODUCE.id;
        try (RawKafkaClient client = Login.connect(target)) {
            client.send(frame);
            byte[] response = client.readFrame();
            Errors error = produce ? ofProduce(response) : ofFetch(response);
            Request request =
                    new Request(frame, Integer.BYTES + response.length, produce ? PRODUCE_ERROR : FETCH_ERROR);
            byte[] codeOnTheWire = Arrays.copyOfRange(response, request.errorAt - 4, request.errorAt - 2);
            if (error != Errors.NONE || !Arrays.equals(codeOnTheWire, new byte[2])) {
                throw new IOException(target.name() + ": response: " + error + " (expected: NONE)");
            }
            return request;
        }
    }

    private static Errors ofProduce(byte[] frame) throws IOException {
        ProduceResponseData response =
                RawKafkaClient.parse(frame, ApiKeys.PRODUCE, Frames.PRODUCE_VERSION, Frames.CORRELATION_ID);
        return Errors.forCode(response.responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0)
                .errorCode());
    }

    private static Errors ofFetch(byte[] frame) throws IOException {
        FetchResponseData response =
                RawKafkaClient.parse(frame, ApiKeys.FETCH, Frames.FETCH_VERSION, Frames.CORRELATION_ID);
        FetchResponseData.PartitionData partition =
                response.responses().get(0).partitions().get(0);
        boolean empty = partition.records() == null || partition.records().sizeInBytes() == 0;
        return empty ? Errors.CORRUPT_MESSAGE : Errors.forCode(partition.errorCode());
    }
}
