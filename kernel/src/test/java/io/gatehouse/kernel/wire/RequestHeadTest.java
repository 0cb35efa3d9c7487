/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {

    private static final int LIMIT = 100 * 1024 * 1024;

    private final RequestHead head = new RequestHead();
    private final Codec codec = new Codec();

    record Produce(
            short version,
            @Nullable String clientId,
            @Nullable String transactionalId,
            short acks,
            boolean tags) {}

    static Stream<Produce> everyProduce() {
        List<Produce> all = new ArrayList<>();
        for (short version : ApiKeys.PRODUCE.allVersions()) {
            for (String clientId : new String[] {null, "", "producer-1", "p".repeat(300)}) {
                for (String transactionalId : new String[] {null, "", "tx", "t".repeat(200)}) {
                    for (short acks : new short[] {0, 1, -1}) {
                        all.add(new Produce(version, clientId, transactionalId, acks, false));
                        all.add(new Produce(version, clientId, transactionalId, acks, true));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void theHeadOfEveryVersionOfEveryApiIsRead(ApiKeys api) {
        RandomMessages messages = new RandomMessages(api.id);
        for (short version : api.allVersions()) {
            for (String clientId : new String[] {null, "", "client-é"}) {
                ByteBuf frame = messages.request(api, version, 77, clientId);

                boolean complete = head.read(frame, 0, frame.readableBytes(), LIMIT);

                assertThat(complete).isTrue();
                assertThat(head.apiKey()).isEqualTo(api.id);
                assertThat(head.apiVersion()).isEqualTo(version);
                assertThat(head.correlationId()).isEqualTo(77);
                assertThat(head.length()).isEqualTo(frame.readableBytes());
                assertThat(RequestHead.hasClientId(frame, 0, frame.readableBytes()))
                        .isTrue();
                assertThat(RequestHead.clientIdAt(frame, 0)).isEqualTo(clientId);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void whatKafkaClientsWriteIsRead(ApiKeys api) {
        for (short version : api.allVersions()) {
            RequestHeader header = new RequestHeader(api, version, "client", 5);
            ByteBuf frame = codec.encodeRequest(
                    api, version, 5, "client", api.messageType.newRequest(), UnpooledByteBufAllocator.DEFAULT);

            assertThat(head.read(frame, 0, frame.readableBytes(), LIMIT)).isTrue();

            assertThat(head.apiKey()).isEqualTo(header.apiKey().id);
            assertThat(head.apiVersion()).isEqualTo(header.apiVersion());
            assertThat(RequestHead.clientIdAt(frame, 0)).isEqualTo("client");
            frame.release();
        }
    }

    @ParameterizedTest
    @MethodSource("everyProduce")
    void acksAreFoundInEveryProduce(Produce produce) {
        ByteBuf frame = frame(produce);

        int needed = 0;
        while (!head.read(frame, 0, needed, LIMIT)) {
            needed++;
        }

        assertThat(head.expectsResponse()).isEqualTo(produce.acks() != 0);
        assertThat(head.length()).isEqualTo(frame.readableBytes());
        assertThat(needed).as("bytes of the head").isLessThanOrEqualTo(frame.readableBytes());
        assertThat(frame.getShort(needed - 2)).isEqualTo(produce.acks());
        assertThat(head.read(frame, 0, frame.readableBytes(), LIMIT)).isTrue();
        assertThat(head.expectsResponse()).isEqualTo(produce.acks() != 0);
    }

    @Test
    void aHeadInTheMiddleOfABufferIsRead() {
        ByteBuf frame = frame(new Produce((short) 9, "c", "t", (short) 0, true));
        ByteBuf buffer = Unpooled.buffer().writeZero(13).writeBytes(frame).writeZero(5);

        assertThat(head.read(buffer, 13, buffer.readableBytes(), LIMIT)).isTrue();

        assertThat(head.expectsResponse()).isFalse();
        assertThat(RequestHead.clientIdAt(buffer, 13)).isEqualTo("c");
    }

    @Test
    void everyOtherRequestExpectsAResponseAlsoAfterAnAcksZero() {
        ByteBuf produce = frame(new Produce((short) 9, null, null, (short) 0, false));
        head.read(produce, 0, produce.readableBytes(), LIMIT);
        ByteBuf metadata = new RandomMessages(1).request(ApiKeys.METADATA, (short) 12, 1, null);

        head.read(metadata, 0, metadata.readableBytes(), LIMIT);

        assertThat(head.expectsResponse()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1, 7, 9, 1_001, Integer.MAX_VALUE})
    void sizesThatNoRequestHasAreRefusedFromFourBytes(int size) {
        ByteBuf in = Unpooled.buffer().writeInt(size);

        assertThatThrownBy(() -> head.read(in, 0, 4, 1_000))
                .isInstanceOf(FrameException.class)
                .hasMessage("request size: " + size + " (expected: 10-1000)");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 999, 1_000})
    void sizesUpToExactlyTheLimitAreAccepted(int size) {
        ByteBuf in = Unpooled.buffer()
                .writeInt(size)
                .writeShort(ApiKeys.METADATA.id)
                .writeShort(0)
                .writeInt(1)
                .writeShort(-1);

        assertThat(head.read(in, 0, in.readableBytes(), 1_000)).isTrue();
        assertThat(head.length()).isEqualTo(size + 4);
    }

    @Test
    void httpAndTlsAreRefused() {
        ByteBuf http = Unpooled.copiedBuffer("GET / HTTP/1.1\r\n", StandardCharsets.US_ASCII);
        ByteBuf tls = Unpooled.wrappedBuffer(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00});

        assertThatThrownBy(() -> head.read(http, 0, http.readableBytes(), LIMIT))
                .isInstanceOf(FrameException.class);
        assertThatThrownBy(() -> head.read(tls, 0, tls.readableBytes(), LIMIT)).isInstanceOf(FrameException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 5, Short.MAX_VALUE})
    void aClientIdThatDoesNotFitIntoItsFrameIsRefused(int length) {
        ByteBuf in = Unpooled.buffer()
                .writeInt(14)
                .writeShort(ApiKeys.METADATA.id)
                .writeShort(0)
                .writeInt(1)
                .writeShort(length)
                .writeZero(100);

        assertThatThrownBy(() -> head.read(in, 0, in.readableBytes(), LIMIT))
                .isInstanceOf(FrameException.class)
                .hasMessage("client id length: " + length + " (expected: -1-4)");
    }

    @Test
    void aProduceHeadOfExactlySixtyFourKibibytesIsAcceptedAndOneByteMoreIsNot() {
        ByteBuf exact = produceWithHead(RequestHead.MAX_BYTES);
        ByteBuf tooLong = produceWithHead(RequestHead.MAX_BYTES + 1);

        assertThat(head.read(exact, 0, exact.readableBytes(), LIMIT)).isTrue();
        assertThat(head.read(exact, 0, RequestHead.MAX_BYTES - 1, LIMIT)).isFalse();
        assertThat(head.read(exact, 0, RequestHead.MAX_BYTES, LIMIT)).isTrue();
        assertThat(head.read(tooLong, 0, RequestHead.MAX_BYTES - 1, LIMIT)).isFalse();
        assertThatThrownBy(() -> head.read(tooLong, 0, RequestHead.MAX_BYTES, LIMIT))
                .isInstanceOf(FrameException.class);
        assertThatThrownBy(() -> head.read(tooLong, 0, tooLong.readableBytes(), LIMIT))
                .as("the same, however it is cut")
                .isInstanceOf(FrameException.class);
    }

    @Test
    void aProduceThatEndsBeforeItsAcksIsRefusedAndReadsNoFurther() {
        ByteBuf frame = frame(new Produce((short) 9, "client", "tx", (short) 1, false));
        int tooShort = 4 + 2 + 2 + 4 + 2 + 6 + 1 + 1;
        frame.setInt(0, tooShort - 4);

        assertThatThrownBy(() -> head.read(frame, 0, frame.readableBytes(), LIMIT))
                .isInstanceOf(FrameException.class);
    }

    @Test
    void aVersionOfProduceThatKafkaDoesNotKnowIsNotReadFurther() {
        ByteBuf in = Unpooled.buffer()
                .writeInt(50)
                .writeShort(ApiKeys.PRODUCE.id)
                .writeShort(99)
                .writeInt(3)
                .writeShort(-1);

        assertThatCode(() ->
                        assertThat(head.read(in, 0, in.readableBytes(), LIMIT)).isTrue())
                .doesNotThrowAnyException();
        assertThat(head.expectsResponse()).isTrue();
    }

    @Test
    void aClientIdThatHasNotArrivedWholeIsWaitedFor() {
        ByteBuf frame = new RandomMessages(1).request(ApiKeys.METADATA, (short) 1, 1, "client");

        assertThat(RequestHead.hasClientId(frame, 0, 13)).isFalse();
        assertThat(RequestHead.hasClientId(frame, 0, 19)).isFalse();
        assertThat(RequestHead.hasClientId(frame, 0, 20)).isTrue();
    }

    /** A header whose one tagged field is as long as it takes. */
    private static ByteBuf produceWithHead(int bytes) {
        ByteBuf frame = Unpooled.buffer()
                .writeInt(0)
                .writeShort(ApiKeys.PRODUCE.id)
                .writeShort(9)
                .writeInt(1)
                .writeShort(-1)
                .writeByte(1)
                .writeByte(100);
        int value = bytes - frame.readableBytes() - 3 - 1 - 2;
        frame.writeByte(value & 0x7f | 0x80)
                .writeByte(value >>> 7 & 0x7f | 0x80)
                .writeByte(value >>> 14);
        frame.writeZero(value).writeByte(0).writeShort(1);
        assertThat(frame.readableBytes()).isEqualTo(bytes);
        frame.writeZero(500);
        return frame.setInt(0, frame.readableBytes() - 4);
    }

    private ByteBuf frame(Produce produce) {
        ProduceRequestData data = new ProduceRequestData()
                .setTransactionalId(produce.transactionalId())
                .setAcks(produce.acks())
                .setTimeoutMs(1_000);
        ByteBuf direct = codec.encodeRequest(
                ApiKeys.PRODUCE, produce.version(), 9, produce.clientId(), data, UnpooledByteBufAllocator.DEFAULT);
        ByteBuf frame = Unpooled.copiedBuffer(direct);
        direct.release();
        boolean flexible = ApiKeys.PRODUCE.requestHeaderVersion(produce.version()) >= 2;
        return produce.tags() && flexible ? withTags(frame, produce.clientId()) : frame;
    }

    private static ByteBuf withTags(ByteBuf frame, @Nullable String clientId) {
        int at = 14 + (clientId == null ? 0 : clientId.length());
        ByteBuf tagged = Unpooled.buffer()
                .writeBytes(frame, 0, at)
                .writeByte(2)
                .writeByte(3)
                .writeByte(2)
                .writeZero(2)
                .writeByte(77)
                .writeByte(200)
                .writeByte(1)
                .writeZero(200)
                .writeBytes(frame, at + 1, frame.readableBytes() - at - 1);
        return tagged.setInt(0, tagged.readableBytes() - 4);
    }
}
