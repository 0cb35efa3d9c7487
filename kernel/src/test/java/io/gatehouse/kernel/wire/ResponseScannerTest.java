/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseScannerTest {

    private static final byte[] SECRET = RandomMessages.SECRET.getBytes(StandardCharsets.UTF_8);

    private final Codec codec = new Codec();

    record Scanned(ApiKeys api, short version) {}

    /** Every version that carries node endpoints, found in Kafka's schemas and not in the scanner. */
    static List<Scanned> scanned() {
        List<Scanned> scanned = new ArrayList<>();
        for (ApiKeys api : ApiKeys.clientApis()) {
            for (short version : api.allVersions()) {
                if (mentions(api.messageType.responseSchemas()[version], "node_endpoints")) {
                    scanned.add(new Scanned(api, version));
                }
            }
        }
        return scanned;
    }

    @Test
    void theVersionsThatCarryNodeEndpointsAreTheKnownOnes() {
        Map<ApiKeys, List<Short>> versions = new TreeMap<>();

        scanned()
                .forEach(each -> versions.computeIfAbsent(each.api(), api -> new ArrayList<>())
                        .add(each.version()));

        assertThat(versions)
                .containsOnlyKeys(ApiKeys.PRODUCE, ApiKeys.FETCH, ApiKeys.SHARE_FETCH, ApiKeys.SHARE_ACKNOWLEDGE);
        assertThat(versions.get(ApiKeys.PRODUCE)).first().isEqualTo((short) 10);
        assertThat(versions.get(ApiKeys.FETCH)).first().isEqualTo((short) 16);
    }

    @Test
    void exactlyTheResponsesThatCarryNodeEndpointsAreScanned() {
        List<Scanned> scanned = scanned();

        for (ApiKeys api : ApiKeys.values()) {
            for (short version : api.allVersions()) {
                boolean carries = scanned.contains(new Scanned(api, version));

                assertThat(ResponseScanner.applies(api.id, version))
                        .as("%s v%d", api, version)
                        .isEqualTo(carries);
            }
        }
    }

    @Test
    void unknownApisAndVersionsAreNotScanned() {
        assertThat(ResponseScanner.applies((short) -1, (short) 0)).isFalse();
        assertThat(ResponseScanner.applies((short) 10_000, (short) 0)).isFalse();
        assertThat(ResponseScanner.applies(ApiKeys.PRODUCE.id, (short) -1)).isFalse();
        assertThat(ResponseScanner.applies(ApiKeys.PRODUCE.id, Short.MAX_VALUE)).isFalse();
        assertThatThrownBy(() -> new ResponseScanner().begin(ApiKeys.METADATA.id, (short) 0, 8))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("scanned")
    void addressesAreTakenOutAndNothingElseWhereverTheBytesAreCut(Scanned what) {
        RandomMessages messages = new RandomMessages(what.api().id * 100L + what.version());
        ResponseScanner scanner = new ResponseScanner();
        for (int endpoints : new int[] {0, 1, 2, 3, 0, 1, 5, 8}) {
            ByteBuf frame = messages.endpoints(endpoints).response(what.api(), what.version(), 7);
            ApiMessage expected = withoutEndpoints(decoded(frame, what.api(), what.version()));

            for (int cut = 1; cut < frame.readableBytes(); cut++) {
                ByteBuf bytes = frame.copy();
                scanner.begin(what.api().id, what.version(), bytes.readableBytes());
                scanner.scan(bytes, 0, cut);
                scanner.scan(bytes, cut, bytes.readableBytes() - cut);

                assertClean(bytes, frame, expected, what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scanned")
    void manyEndpointsAreTakenOutByteByByte(Scanned what) {
        RandomMessages messages = new RandomMessages(what.api().id * 1_000L + what.version());
        ResponseScanner scanner = new ResponseScanner();
        for (int endpoints : new int[] {4, 20, 126, 127, 128, 200}) {
            ByteBuf frame = messages.endpoints(endpoints).response(what.api(), what.version(), 7);
            ApiMessage expected = withoutEndpoints(decoded(frame, what.api(), what.version()));
            ByteBuf bytes = frame.copy();

            scanner.begin(what.api().id, what.version(), bytes.readableBytes());
            for (int at = 0; at < bytes.readableBytes(); at++) {
                scanner.scan(bytes, at, 1);
            }

            assertClean(bytes, frame, expected, what);
        }
    }

    @ParameterizedTest
    @MethodSource("scanned")
    void randomResponsesCutAnywhereStayWhatTheyWere(Scanned what) {
        RandomMessages messages = new RandomMessages(what.api().id * 10_000L + what.version());
        Random random = new Random(what.version());
        ResponseScanner scanner = new ResponseScanner();
        for (int round = 0; round < 300; round++) {
            ByteBuf frame = messages.endpoints(-1).response(what.api(), what.version(), round);
            ApiMessage expected = withoutEndpoints(decoded(frame, what.api(), what.version()));
            ByteBuf bytes = frame.copy();

            scanner.begin(what.api().id, what.version(), bytes.readableBytes());
            int at = 0;
            while (at < bytes.readableBytes()) {
                int length = Math.min(1 + random.nextInt(100), bytes.readableBytes() - at);
                scanner.scan(bytes, at, length);
                at += length;
            }

            assertClean(bytes, frame, expected, what);
        }
    }

    /** The blanked array's size is written as a varint into the room it leaves: each length around a boundary is tried. */
    @Test
    void aBlankedTailOfEveryLengthAroundVarintBoundariesParses() {
        ResponseScanner scanner = new ResponseScanner();
        List<Integer> lengths = new ArrayList<>();
        for (int length = 1; length < 300; length++) {
            lengths.add(length);
        }
        for (int length = 16_340; length < 16_420; length++) {
            lengths.add(length);
        }
        for (int hostLength : lengths) {
            ShareAcknowledgeResponseData response = new ShareAcknowledgeResponseData().setThrottleTimeMs(5);
            response.nodeEndpoints()
                    .add(new ShareAcknowledgeResponseData.NodeEndpoint()
                            .setNodeId(1)
                            .setHost("h".repeat(hostLength))
                            .setPort(9092));
            ByteBuf frame = encode(ApiKeys.SHARE_ACKNOWLEDGE, response);
            ByteBuf bytes = frame.copy();

            scanner.begin(ApiKeys.SHARE_ACKNOWLEDGE.id, latest(ApiKeys.SHARE_ACKNOWLEDGE), bytes.readableBytes());
            scanner.scan(bytes, 0, bytes.readableBytes());

            ShareAcknowledgeResponseData parsed = (ShareAcknowledgeResponseData)
                    decoded(bytes, ApiKeys.SHARE_ACKNOWLEDGE, latest(ApiKeys.SHARE_ACKNOWLEDGE));
            assertThat(bytes.readableBytes()).isEqualTo(frame.readableBytes());
            assertThat(parsed.nodeEndpoints())
                    .as("host of %d bytes", hostLength)
                    .isEmpty();
            assertThat(parsed.throttleTimeMs()).isEqualTo(5);
            assertThat(parsed.unknownTaggedFields()).hasSize(1);
        }
    }

    @Test
    void oneScannerServesFrameAfterFrame() {
        RandomMessages messages = new RandomMessages(1);
        ResponseScanner scanner = new ResponseScanner();
        for (int round = 0; round < 200; round++) {
            Scanned what = scanned().get(round % scanned().size());
            ByteBuf frame = messages.endpoints(round % 3).response(what.api(), what.version(), round);
            ApiMessage expected = withoutEndpoints(decoded(frame, what.api(), what.version()));
            ByteBuf bytes = frame.copy();

            scanner.begin(what.api().id, what.version(), bytes.readableBytes());
            scanner.scan(bytes, 0, bytes.readableBytes());

            assertClean(bytes, frame, expected, what);
        }
    }

    @Test
    void bytesAroundTheScannedPartAreNotTouched() {
        ByteBuf frame =
                new RandomMessages(3).endpoints(2).response(ApiKeys.SHARE_FETCH, latest(ApiKeys.SHARE_FETCH), 1);
        ByteBuf bytes = Unpooled.buffer().writeInt(0x11223344).writeBytes(frame).writeInt(0x55667788);
        ResponseScanner scanner = new ResponseScanner();

        scanner.begin(ApiKeys.SHARE_FETCH.id, latest(ApiKeys.SHARE_FETCH), frame.readableBytes());
        scanner.scan(bytes, 4, bytes.readableBytes() - 8);

        assertThat(bytes.getInt(0)).isEqualTo(0x11223344);
        assertThat(bytes.getInt(bytes.readableBytes() - 4)).isEqualTo(0x55667788);
    }

    /** Whatever a broker sends: the scanner ends, and says no more than that the bytes are wrong. */
    @Test
    void garbageEndsTheScanWithoutAnotherException() {
        Random random = new Random(42);
        ResponseScanner scanner = new ResponseScanner();
        for (int round = 0; round < 5_000; round++) {
            Scanned what = scanned().get(random.nextInt(scanned().size()));
            byte[] bytes = new byte[8 + random.nextInt(200)];
            random.nextBytes(bytes);
            ByteBuf garbage = Unpooled.wrappedBuffer(bytes);

            scanner.begin(what.api().id, what.version(), bytes.length);
            try {
                scanner.scan(garbage, 0, bytes.length);
            } catch (FrameException e) {
                assertThat(e).hasMessageContaining("varint");
            }
        }
    }

    private void assertClean(ByteBuf bytes, ByteBuf frame, ApiMessage expected, Scanned what) {
        assertThat(bytes.readableBytes()).isEqualTo(frame.readableBytes());
        if (indexOf(bytes, SECRET) >= 0) {
            throw new AssertionError(what + ": a broker's host is left");
        }
        ApiMessage parsed = withoutBlanked(decoded(bytes, what.api(), what.version()));
        if (!parsed.equals(expected)) {
            assertThat(parsed).as(what.toString()).isEqualTo(expected);
        }
    }

    /** By Kafka's own classes, which keep fields that they do not know. */
    private static ApiMessage decoded(ByteBuf frame, ApiKeys api, short version) {
        ByteBufferAccessor body =
                new ByteBufferAccessor(frame.nioBuffer(frame.readerIndex() + 4, frame.readableBytes() - 4));
        new ResponseHeaderData(body, api.responseHeaderVersion(version));
        ApiMessage message = api.messageType.newResponse();
        message.read(body, version);
        assertThat(body.remaining()).isZero();
        return message;
    }

    /** Taking the addresses out of the last array takes unknown tags of the response's root along. */
    private static ApiMessage withoutEndpoints(ApiMessage message) {
        if (message instanceof ProduceResponseData produce) {
            produce.nodeEndpoints().clear();
        } else if (message instanceof FetchResponseData fetch) {
            fetch.nodeEndpoints().clear();
        } else if (message instanceof ShareFetchResponseData share) {
            if (!share.nodeEndpoints().isEmpty()) {
                share.unknownTaggedFields().clear();
            }
            share.nodeEndpoints().clear();
        } else if (message instanceof ShareAcknowledgeResponseData share) {
            if (!share.nodeEndpoints().isEmpty()) {
                share.unknownTaggedFields().clear();
            }
            share.nodeEndpoints().clear();
        }
        return message;
    }

    private static ApiMessage withoutBlanked(ApiMessage message) {
        message.unknownTaggedFields().removeIf(field -> {
            boolean blanked = field.tag() == 127;
            if (blanked) {
                assertThat(field.data()).containsOnly(0);
            }
            return blanked;
        });
        return message;
    }

    private ByteBuf encode(ApiKeys api, ApiMessage response) {
        ByteBuf direct =
                codec.encodeResponse(api, latest(api), 1, response, io.netty.buffer.UnpooledByteBufAllocator.DEFAULT);
        ByteBuf heap = Unpooled.copiedBuffer(direct);
        direct.release();
        return heap;
    }

    private static short latest(ApiKeys api) {
        return api.latestVersion();
    }

    private static int indexOf(ByteBuf bytes, byte[] wanted) {
        for (int at = 0; at + wanted.length <= bytes.readableBytes(); at++) {
            int matching = 0;
            while (matching < wanted.length && bytes.getByte(at + matching) == wanted[matching]) {
                matching++;
            }
            if (matching == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    private static boolean mentions(Type type, String name) {
        if (type instanceof Schema schema) {
            for (BoundField field : schema.fields()) {
                if (field.def.name.equals(name) || mentions(field.def.type, name)) {
                    return true;
                }
            }
            return false;
        }
        if (type instanceof TaggedFields tagged) {
            return tagged.fields().values().stream()
                    .anyMatch(field -> field.name.equals(name) || mentions(field.type, name));
        }
        return type.arrayElementType().map(element -> mentions(element, name)).orElse(false);
    }
}
