/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.jspecify.annotations.Nullable;

/**
 * Between whole frames and kafka-clients messages. Decoded messages are views: records and byte fields share the frame's memory, so the
 * frame must outlive them. Counts what it decodes: what nobody asked for is never decoded, and a test holds the gateway to it.
 */
public final class Codec {

    private final LongAdder decodedRequests = new LongAdder();
    private final LongAdder decodedResponses = new LongAdder();

    /**
     * What a frame says.
     *
     * @param lessThanFrame whether the frame has tagged fields that are not known, and so are not in the message
     */
    public record Decoded(ApiMessage message, boolean lessThanFrame) {}

    /** How many requests were decoded so far. */
    public long decodedRequests() {
        return decodedRequests.sum();
    }

    /** How many responses were decoded so far. */
    public long decodedResponses() {
        return decodedResponses.sum();
    }

    /**
     * Decodes the body of a request frame. Bytes behind it are ignored, as brokers do: librdkafka 2.12 sends three behind a Metadata request
     * for all topics.
     *
     * @throws FrameException when it does not parse
     */
    public Decoded parseRequest(ByteBuf frame, ApiKeys api, short version) {
        decodedRequests.increment();
        ByteBuffer bytes = body(frame, requestHeaderLength(frame, api, version));
        return read(api.messageType.newRequest(), bytes, version, api, "request");
    }

    /** The message of {@link #parseRequest}, where nothing but the message goes on. */
    public ApiMessage decodeRequest(ByteBuf frame, ApiKeys api, short version) {
        return parseRequest(frame, api, version).message();
    }

    /** The message of {@link #parseResponse}, where nothing but the message goes on. */
    public ApiMessage decodeResponse(ByteBuf frame, ApiKeys api, short version) {
        return parseResponse(frame, api, version).message();
    }

    /**
     * Decodes the body of a response frame.
     *
     * @throws FrameException when it does not parse
     */
    public Decoded parseResponse(ByteBuf frame, ApiKeys api, short version) {
        decodedResponses.increment();
        int header = 4;
        if (Apis.hasTaggedResponseHeader(api, version)) {
            int start = frame.readerIndex() + 8;
            int after = Bytes.afterTaggedFields(frame, start, frame.writerIndex());
            if (after == Bytes.INCOMPLETE) {
                throw new FrameException(api + " response header: cut short");
            }
            header = after - frame.readerIndex() - 4;
        }
        ByteBuffer body = body(frame, header);
        Decoded decoded = read(api.messageType.newResponse(), body, version, api, "response");
        if (body.hasRemaining()) {
            throw new FrameException(
                    api + " response v" + version + ": " + body.remaining() + " bytes too many (expected: 0)");
        }
        return decoded;
    }

    /** A request frame with the header bytes of the original and another body; its records are shared with the original. */
    public ByteBuf encodeRequest(ByteBuf original, ApiKeys api, short version, ApiMessage message) {
        int header = requestHeaderLength(original, api, version);
        return share(
                original,
                header,
                message,
                version,
                out -> out.out().writeBytes(original, original.readerIndex() + 4, header));
    }

    /** A request frame of the gateway's own. */
    public ByteBuf encodeRequest(
            ApiKeys api,
            short version,
            int correlationId,
            @Nullable String clientId,
            ApiMessage message,
            ByteBufAllocator allocator) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId(clientId);
        return encode(header, api.requestHeaderVersion(version), message, version, allocator);
    }

    /** A response frame in place of an original that the message was decoded from; its records are shared with the original. */
    public ByteBuf encodeResponse(ByteBuf original, ApiKeys api, short version, int correlationId, ApiMessage message) {
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        short headerVersion = api.responseHeaderVersion(version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = header.size(cache, headerVersion);
        return share(original, size, message, version, out -> header.write(out, cache, headerVersion));
    }

    private static ByteBuf share(
            ByteBuf original, int headerSize, ApiMessage message, short version, Consumer<FrameWriter> header) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        message.addSize(size, cache, version);
        int records = size.totalSize() - size.sizeExcludingZeroCopy();
        int copied = size.sizeExcludingZeroCopy() + Math.min(records, FrameWriter.SHARED_FROM);
        FrameWriter writer = new FrameWriter(original, 4 + headerSize + copied);
        boolean written = false;
        try {
            header.accept(writer);
            message.write(writer, cache, version);
            written = true;
            return writer.frame();
        } finally {
            if (!written) {
                writer.release();
            }
        }
    }

    /** A response frame. */
    public ByteBuf encodeResponse(
            ApiKeys api, short version, int correlationId, ApiMessage message, ByteBufAllocator allocator) {
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        return encode(header, api.responseHeaderVersion(version), message, version, allocator);
    }

    /**
     * The error form of an API: what kafka-clients would answer for this request.
     *
     * @return null when there is none: Produce with {@code acks=0}
     */
    public @Nullable ApiMessage errorResponse(
            ApiKeys api, short version, ApiMessage request, Errors error, @Nullable String reason) {
        AbstractResponse response = asKafkaRequest(api, version, request).getErrorResponse(0, exception(error, reason));
        return response == null ? null : response.data();
    }

    /** Through bytes, since constructors of requests are not open; but not records, which may be many. */
    private static AbstractRequest asKafkaRequest(ApiKeys api, short version, ApiMessage request) {
        if (request instanceof ProduceRequestData produce) {
            withoutNullRecords(produce);
            return new ProduceRequest(produce, version);
        }
        ApiMessage listed =
                request instanceof DescribeUserScramCredentialsRequestData scram ? withUsers(scram) : request;
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBufferAccessor bytes = new ByteBufferAccessor(ByteBuffer.allocate(listed.size(cache, version)));
        listed.write(bytes, cache, version);
        bytes.flip();
        return AbstractRequest.parseRequest(api, version, bytes).request;
    }

    /** Kafka's own class sums their sizes up, and does not expect null, which the protocol allows. */
    private static void withoutNullRecords(ProduceRequestData produce) {
        produce.topicData()
                .forEach(topic -> topic.partitionData().stream()
                        .filter(partition -> partition.records() == null)
                        .forEach(partition -> partition.setRecords(MemoryRecords.EMPTY)));
    }

    /** Kafka's own class names each user in the error form, and does not expect null, which stands for all users. */
    private static DescribeUserScramCredentialsRequestData withUsers(DescribeUserScramCredentialsRequestData request) {
        return request.users() == null ? request.duplicate().setUsers(List.of()) : request;
    }

    private static ApiException exception(Errors error, @Nullable String reason) {
        return reason == null || reason.isEmpty() ? error.exception() : error.exception(reason);
    }

    private static ByteBuf encode(
            Message header, short headerVersion, ApiMessage message, short version, ByteBufAllocator allocator) {
        ObjectSerializationCache headerCache = new ObjectSerializationCache();
        int headerSize = header.size(headerCache, headerVersion);
        ByteBuf out = allocate(headerSize, message, version, allocator);
        header.write(new ByteBufferAccessor(out.internalNioBuffer(4, headerSize)), headerCache, headerVersion);
        return out;
    }

    private static ByteBuf allocate(int headerSize, ApiMessage message, short version, ByteBufAllocator allocator) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int bodySize = message.size(cache, version);
        int length = 4 + headerSize + bodySize;
        ByteBuf out = allocator.directBuffer(length, length);
        boolean written = false;
        try {
            out.setInt(0, length - 4);
            message.write(new ByteBufferAccessor(out.internalNioBuffer(4 + headerSize, bodySize)), cache, version);
            out.writerIndex(length);
            written = true;
            return out;
        } finally {
            if (!written) {
                out.release();
            }
        }
    }

    private static int requestHeaderLength(ByteBuf frame, ApiKeys api, short version) {
        int end = frame.writerIndex();
        int next = Bytes.afterNullableString(frame, frame.readerIndex() + 12, end);
        if (next != Bytes.INCOMPLETE && Apis.isFlexible(api, version)) {
            next = Bytes.afterTaggedFields(frame, next, end);
        }
        if (next == Bytes.INCOMPLETE) {
            throw new FrameException(api + " request header: cut short");
        }
        return next - frame.readerIndex() - 4;
    }

    private static ByteBuffer body(ByteBuf frame, int headerLength) {
        int start = 4 + headerLength;
        return frame.nioBuffer(frame.readerIndex() + start, frame.readableBytes() - start);
    }

    private static Decoded read(ApiMessage message, ByteBuffer bytes, short version, ApiKeys api, String what) {
        KnownFields fields = new KnownFields(bytes);
        try {
            message.read(fields, version);
        } catch (RuntimeException e) {
            throw new FrameException(api + " " + what + " v" + version + ": does not parse: " + e.getMessage());
        }
        return new Decoded(message, fields.skipped());
    }
}
