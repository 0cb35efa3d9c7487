/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {

    private static final int ROUNDS = 4;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final Codec codec = new Codec();

    static List<ApiKeys> clientApis() {
        return List.copyOf(ApiKeys.clientApis());
    }

    @AfterEach
    void nothingIsLeaked() {
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void requestsOfEveryVersionRoundTripUnderTheirOriginalHeader(ApiKeys api) {
        RandomMessages messages = new RandomMessages(api.id);
        for (short version : api.allVersions()) {
            for (int round = 0; round < ROUNDS; round++) {
                ByteBuf frame = messages.request(api, version, round, round % 3 == 0 ? null : "client-" + round);
                ByteBuf shifted = allocator
                        .directBuffer()
                        .writeZero(9)
                        .writeBytes(frame.slice())
                        .readerIndex(9);

                ApiMessage message = codec.decodeRequest(shifted, api, version);
                ByteBuf encoded = codec.encodeRequest(shifted, api, version, message);

                int header = headerLength(frame, api, version);
                assertThat(message.getClass()).isEqualTo(Apis.requestClass(api));
                assertThat(encoded.getInt(0)).isEqualTo(encoded.readableBytes() - 4);
                assertThat(ByteBufUtil.getBytes(encoded, 4, header))
                        .as("header of %s v%d", api, version)
                        .isEqualTo(ByteBufUtil.getBytes(frame, 4, header));
                assertThat(codec.decodeRequest(encoded, api, version)).isEqualTo(message);
                encoded.release();
                shifted.release();
            }
        }
    }

    /** Kafka's own classes keep them, wherever they are. */
    @Test
    void fieldsThatThisKafkaDoesNotDefineAreLeftOutAndThatIsSaid() {
        int skipped = 0;
        for (ApiKeys api : ApiKeys.values()) {
            RandomMessages messages = new RandomMessages(api.id);
            for (short version : api.allVersions()) {
                ByteBuf frame = messages.request(api, version, 1, "c");
                ApiMessage kept = api.messageType.newRequest();
                int header = headerLength(frame, api, version);
                kept.read(
                        new ByteBufferAccessor(frame.nioBuffer(4 + header, frame.readableBytes() - 4 - header)),
                        version);

                Codec.Decoded decoded = codec.parseRequest(frame, api, version);

                ObjectSerializationCache cache = new ObjectSerializationCache();
                int all = kept.size(cache, version);
                int known = decoded.message().size(cache, version);
                assertThat(decoded.lessThanFrame()).as("%s v%d", api, version).isEqualTo(known < all);
                skipped += decoded.lessThanFrame() ? 1 : 0;
                frame.release();
            }
        }
        assertThat(skipped).isGreaterThan(50);
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void responsesOfEveryVersionRoundTrip(ApiKeys api) {
        RandomMessages messages = new RandomMessages(api.id);
        for (short version : api.allVersions()) {
            for (int round = 0; round < ROUNDS; round++) {
                ByteBuf frame = messages.response(api, version, 1_000 + round);
                ByteBuf shifted = allocator
                        .directBuffer()
                        .writeZero(9)
                        .writeBytes(frame.slice())
                        .readerIndex(9);

                ApiMessage message = codec.decodeResponse(shifted, api, version);
                ByteBuf encoded = codec.encodeResponse(api, version, 1_000 + round, message, allocator);
                ByteBuf sharing = codec.encodeResponse(shifted, api, version, 1_000 + round, message);

                assertThat(message.getClass()).isEqualTo(Apis.responseClass(api));
                assertThat(encoded.getInt(0)).isEqualTo(encoded.readableBytes() - 4);
                assertThat(encoded.getInt(4)).isEqualTo(1_000 + round);
                assertThat(codec.decodeResponse(encoded, api, version))
                        .as("%s v%d", api, version)
                        .isEqualTo(message);
                assertThat(sharing).as("%s v%d", api, version).isEqualTo(encoded);
                encoded.release();
                sharing.release();
                shifted.release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void whatIsEncodedIsWhatKafkaParses(ApiKeys api) {
        for (short version : api.allVersions()) {
            ByteBuf request =
                    codec.encodeRequest(api, version, 5, "gatehouse", api.messageType.newRequest(), allocator);
            ByteBuf response = codec.encodeResponse(api, version, 6, api.messageType.newResponse(), allocator);

            RequestHeader header = RequestHeader.parse(request.nioBuffer(4, request.readableBytes() - 4));
            assertThat(header.apiKey()).isEqualTo(api);
            assertThat(header.apiVersion()).isEqualTo(version);
            assertThat(header.correlationId()).isEqualTo(5);
            assertThat(header.clientId()).isEqualTo("gatehouse");
            ByteBuffer bytes = response.nioBuffer(4, response.readableBytes() - 4);
            if (ApiKeys.clientApis().contains(api)) {
                RequestHeader asked = new RequestHeader(api, version, "gatehouse", 6);
                assertThat(AbstractResponse.parseResponse(bytes, asked).apiKey())
                        .isEqualTo(api);
            }
            request.release();
            response.release();
        }
    }

    @ParameterizedTest
    @MethodSource("clientApis")
    void everyVersionHasAnErrorForm(ApiKeys api) {
        RandomMessages messages = new RandomMessages(api.id);
        for (short version : api.allVersions()) {
            for (Errors error : List.of(
                    Errors.UNKNOWN_SERVER_ERROR,
                    Errors.REQUEST_TIMED_OUT,
                    Errors.CLUSTER_AUTHORIZATION_FAILED,
                    Errors.POLICY_VIOLATION,
                    Errors.UNSUPPORTED_VERSION)) {
                ApiMessage request = codec.decodeRequest(messages.request(api, version, 1, "c"), api, version);
                if (request instanceof ProduceRequestData produce) {
                    produce.setAcks((short) -1);
                }

                ApiMessage response = codec.errorResponse(api, version, request, error, "because");

                assertThat(response).as("%s v%d", api, version).isInstanceOf(Apis.responseClass(api));
                codec.encodeResponse(api, version, 1, response, allocator).release();
            }
        }
    }

    @Test
    void theErrorFormCarriesErrorAndReason() {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics().add(new CreateTopicsRequestData.CreatableTopic().setName("orders"));

        CreateTopicsResponseData reasoned = (CreateTopicsResponseData)
                codec.errorResponse(ApiKeys.CREATE_TOPICS, (short) 7, request, Errors.POLICY_VIOLATION, "because");
        CreateTopicsResponseData plain = (CreateTopicsResponseData)
                codec.errorResponse(ApiKeys.CREATE_TOPICS, (short) 7, request, Errors.POLICY_VIOLATION, null);

        assertThat(reasoned.topics().find("orders").errorCode()).isEqualTo(Errors.POLICY_VIOLATION.code());
        assertThat(reasoned.topics().find("orders").errorMessage()).isEqualTo("because");
        assertThat(plain.topics().find("orders").errorCode()).isEqualTo(Errors.POLICY_VIOLATION.code());
    }

    @Test
    void describeUserScramCredentialsOfAllUsersHasAnErrorForm() {
        ApiMessage everybody = new DescribeUserScramCredentialsRequestData().setUsers(null);

        ApiMessage response = codec.errorResponse(
                ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                (short) 0,
                everybody,
                Errors.CLUSTER_AUTHORIZATION_FAILED,
                "because");

        assertThat(((DescribeUserScramCredentialsResponseData) response).errorCode())
                .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
    }

    @Test
    void produceWithAcksZeroHasNoErrorForm() {
        for (short version : ApiKeys.PRODUCE.allVersions()) {
            ProduceRequestData request = new ProduceRequestData().setAcks((short) 0);

            assertThat(codec.errorResponse(ApiKeys.PRODUCE, version, request, Errors.POLICY_VIOLATION, "no"))
                    .isNull();
        }
    }

    @Test
    void decodedRecordsShareTheFramesMemory() {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[10_000]));
        ProduceRequestData produce = new ProduceRequestData();
        produce.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName("orders")
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData().setRecords(records))));
        ByteBuf frame = codec.encodeRequest(ApiKeys.PRODUCE, (short) 9, 1, "c", produce, allocator);

        ProduceRequestData decoded = (ProduceRequestData) codec.decodeRequest(frame, ApiKeys.PRODUCE, (short) 9);
        frame.setByte(frame.readableBytes() - 10, 7);

        MemoryRecords seen = (MemoryRecords)
                decoded.topicData().iterator().next().partitionData().get(0).records();
        assertThat(seen.buffer().isDirect()).isTrue();
        assertThat(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(seen.buffer()))).contains(7);
        frame.release();
    }

    /** Small ones are copied, as that is faster. */
    @Test
    void recordsOfAChangedMessageAreThoseOfTheFrameThatCameInAndOutliveIt() {
        FetchResponseData fetched = new FetchResponseData();
        for (int size : new int[] {10_000, 100, 20_000}) {
            MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[size]));
            fetched.responses()
                    .add(new FetchResponseData.FetchableTopicResponse()
                            .setTopic("team-a.orders-" + size)
                            .setPartitions(List.of(new FetchResponseData.PartitionData().setRecords(records))));
        }
        ByteBuf frame = codec.encodeResponse(ApiKeys.FETCH, (short) 11, 1, fetched, allocator);
        long before = allocator.metric().usedDirectMemory();
        FetchResponseData decoded = (FetchResponseData) codec.decodeResponse(frame, ApiKeys.FETCH, (short) 11);
        decoded.responses().forEach(topic -> topic.setTopic(topic.topic().substring("team-a.".length())));

        ByteBuf encoded = codec.encodeResponse(frame, ApiKeys.FETCH, (short) 11, 1, decoded);
        assertThat(allocator.metric().usedDirectMemory() - before).isLessThan(10_000);
        frame.setByte(frame.readableBytes() - 100, 7);
        frame.release();

        assertThat(encoded.isDirect()).isTrue();
        assertThat(encoded.getByte(encoded.readableBytes() - 100)).isEqualTo((byte) 7);
        assertThat(codec.decodeResponse(encoded, ApiKeys.FETCH, (short) 11)).isEqualTo(decoded);
        encoded.release();
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void bytesTooManyAreRefusedInResponsesAndIgnoredInRequests(ApiKeys api) {
        for (short version : api.allVersions()) {
            ByteBuf exact = new RandomMessages(1).request(api, version, 1, "c");
            ByteBuf request =
                    new RandomMessages(1).request(api, version, 1, "c").writeZero(3);
            ByteBuf response = new RandomMessages(1).response(api, version, 1).writeZero(3);

            assertThat(codec.decodeRequest(request, api, version)).isEqualTo(codec.decodeRequest(exact, api, version));
            assertThatThrownBy(() -> codec.decodeResponse(response, api, version))
                    .isInstanceOf(FrameException.class)
                    .hasMessage(api + " response v" + version + ": 3 bytes too many (expected: 0)");
        }
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void framesCutShortAnywhereAreRefused(ApiKeys api) {
        for (short version : api.allVersions()) {
            ByteBuf request = new RandomMessages(2).request(api, version, 1, "client");
            ByteBuf response = new RandomMessages(2).response(api, version, 1);

            for (int length = 4; length < request.readableBytes(); length += length < 60 ? 1 : 17) {
                ByteBuf cut = request.slice(0, length);
                assertRefused(api + " request", () -> codec.decodeRequest(cut, api, version));
            }
            for (int length = 8; length < response.readableBytes(); length += length < 60 ? 1 : 17) {
                ByteBuf cut = response.slice(0, length);
                assertRefused(api + " response", () -> codec.decodeResponse(cut, api, version));
            }
        }
    }

    @Test
    void aMessageThatTheVersionCannotCarryIsRefusedAndNothingLeaks() {
        FindCoordinatorRequestData several = new FindCoordinatorRequestData().setCoordinatorKeys(List.of("a", "b"));

        assertThatThrownBy(() -> codec.encodeRequest(ApiKeys.FIND_COORDINATOR, (short) 3, 1, "c", several, allocator))
                .isInstanceOf(UnsupportedVersionException.class);
    }

    @Test
    void decodesAreCounted() {
        codec.decodeRequest(
                new RandomMessages(1).request(ApiKeys.METADATA, (short) 1, 1, null), ApiKeys.METADATA, (short) 1);
        codec.decodeResponse(new RandomMessages(1).response(ApiKeys.FETCH, (short) 12, 1), ApiKeys.FETCH, (short) 12);
        codec.decodeResponse(new RandomMessages(1).response(ApiKeys.FETCH, (short) 12, 1), ApiKeys.FETCH, (short) 12);

        assertThat(codec.decodedRequests()).isEqualTo(1);
        assertThat(codec.decodedResponses()).isEqualTo(2);
    }

    @Test
    void encodedFramesAreDirectAndOfTheirExactSize() {
        ByteBuf frame = codec.encodeResponse(
                ApiKeys.METADATA, (short) 12, 1, ApiKeys.METADATA.messageType.newResponse(), allocator);

        assertThat(frame.isDirect()).isTrue();
        assertThat(frame.capacity()).isEqualTo(frame.readableBytes());
        frame.release();
    }

    /** By hand: there are very many of them. */
    private static void assertRefused(String what, Runnable decoding) {
        try {
            decoding.run();
        } catch (FrameException e) {
            if (!e.getMessage().startsWith(what)) {
                throw new AssertionError(e.getMessage() + " (expected: a message about " + what + ")");
            }
            return;
        }
        throw new AssertionError(what + " parsed (expected: a FrameException)");
    }

    private static int headerLength(ByteBuf frame, ApiKeys api, short version) {
        ByteBuffer bytes = frame.nioBuffer(4, frame.readableBytes() - 4);
        int before = bytes.remaining();
        RequestHeader.parse(bytes);
        assertThat(bytes.remaining()).as("%s v%d", api, version).isLessThan(before);
        return before - bytes.remaining();
    }
}
