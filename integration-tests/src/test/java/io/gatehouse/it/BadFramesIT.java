/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static io.gatehouse.it.RawRequests.frame;
import static io.gatehouse.it.RawRequests.metric;
import static io.gatehouse.it.RawRequests.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What is no frame, too large a frame, or never becomes a whole one; conformance lines 4, 5, 6 and 13. */
class BadFramesIT {

    private static final int LIMIT = 64 * 1024;
    private static final int LOGIN_LIMIT = 2 * 1024;
    private static final Duration PROMPTLY = Duration.ofSeconds(2);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;

    private final Logger log = (Logger) LoggerFactory.getLogger("io.gatehouse.kernel");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .limit("socket.request.max.bytes", LIMIT + "B")
                .limit("sasl.server.max.receive.size", LOGIN_LIMIT + "B")
                .limit("frameProgressTimeout", "400ms")
                .limit("authenticationTimeout", "600ms")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void listen() {
        log.setLevel(Level.DEBUG);
        log.setAdditive(false);
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void listenNoMore() {
        log.detachAppender(lines);
        log.setAdditive(true);
        log.setLevel(null);
    }

    static Stream<Arguments> noFrames() {
        byte[] tls = new byte[200];
        System.arraycopy(new byte[] {0x16, 0x03, 0x01, 0x00, (byte) 0xc4, 0x01}, 0, tls, 0, 6);
        return Stream.of(
                Arguments.of("oversized", ints(LIMIT + 1)),
                Arguments.of("negative", ints(-1)),
                Arguments.of("zero", ints(0)),
                Arguments.of("shorter than a header", ints(7, 0, 0)),
                Arguments.of("HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                Arguments.of("TLS", tls),
                Arguments.of("client id beyond the frame", ints(12, 16 << 16 | 4, 1, 0x7fff0000)),
                Arguments.of("unknown API", frameOf(9_999, 0)),
                Arguments.of("negative API", frameOf(-1, 0)),
                Arguments.of("version above the highest", frameOf(ApiKeys.LIST_GROUPS.id, 99)),
                Arguments.of("negative version", frameOf(ApiKeys.API_VERSIONS.id, -1)),
                Arguments.of("Produce v2, offered but gone", frameOf(ApiKeys.PRODUCE.id, 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noFrames")
    void whatIsNoFrameClosesPromptlyWithAMetricAndOneLine(String what, byte[] bytes) throws Exception {
        double before = metric(gateway, "gatehouse_connections_closed_total", "reason=\"protocol\"");
        int port;
        try (RawKafkaClient client = connect(gateway)) {
            port = client.localAddress().getPort();
            client.send(bytes);

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }

        await().untilAsserted(
                        () -> assertThat(metric(gateway, "gatehouse_connections_closed_total", "reason=\"protocol\""))
                                .isEqualTo(before + 1));
        assertThat(linesOf(port)).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.DEBUG);
            assertThat(line.getThrowableProxy()).isNull();
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noFrames")
    void theSameOnAConnectionInUseIsClosedToo(String what, byte[] bytes) throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            client.send(bytes);

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void aFrameOfExactlyTheLimitPassesAndOneByteMoreDoesNot() throws Exception {
        int overhead =
                frame(ApiKeys.PRODUCE, 12, produce("no-such", Uuid.ZERO_UUID, 1, null, new byte[LIMIT - 500]), 1).length
                        - (LIMIT - 500);
        int fits = LIMIT + 4 - overhead;
        byte[] largest = frame(ApiKeys.PRODUCE, 12, produce("no-such", Uuid.ZERO_UUID, 1, null, new byte[fits]), 1);
        byte[] tooLarge =
                frame(ApiKeys.PRODUCE, 12, produce("no-such", Uuid.ZERO_UUID, 1, null, new byte[fits + 1]), 1);
        assertThat(largest).hasSize(LIMIT + 4);

        try (RawKafkaClient client = connect(gateway)) {
            // The very first request of a connection: the smaller limit is for those of a login only.
            client.send(largest);
            ProduceResponseData response = client.receive(ApiKeys.PRODUCE, 12, 1);
            assertThat(response.responses()).hasSize(1);
            client.send(Arrays.copyOf(tooLarge, 20));
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void beforeAuthenticationTheSmallerLimitHoldsToTheByte() throws Exception {
        ApiVersionsRequestData request = new ApiVersionsRequestData();
        int overhead = RawKafkaClient.frame(ApiKeys.API_VERSIONS, 0, request, 1, "").length;
        try (RawKafkaClient client = connect(gateway)) {
            client.send(ApiKeys.API_VERSIONS, 0, request, 1, "c".repeat(LOGIN_LIMIT + 4 - overhead));
            ApiVersionsResponseData response = client.receive(ApiKeys.API_VERSIONS, 0, 1);
            assertThat(response.errorCode()).isZero();

            client.send(ApiKeys.API_VERSIONS, 0, request, 2, "c".repeat(LOGIN_LIMIT + 5 - overhead));
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    static Stream<Arguments> halves() {
        byte[] passing = frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2);
        byte[] collected = frame(ApiKeys.API_VERSIONS, 3, new ApiVersionsRequestData(), 2);
        return Stream.of(
                Arguments.of("half a size", Arrays.copyOf(passing, 2)),
                Arguments.of("half a head", Arrays.copyOf(passing, 9)),
                Arguments.of("half of a passing frame", Arrays.copyOf(passing, 16)),
                Arguments.of("half of a collected frame", Arrays.copyOf(collected, 16)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("halves")
    void halfAFrameIsClosedWhenNothingMoreComes(String what, byte[] bytes) throws Exception {
        double before = metric(gateway, "gatehouse_connections_closed_total", "reason=\"timeout\"");
        try (RawKafkaClient client = connect(gateway)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            client.send(bytes);

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
        await().untilAsserted(
                        () -> assertThat(metric(gateway, "gatehouse_connections_closed_total", "reason=\"timeout\""))
                                .isEqualTo(before + 1));
    }

    @Test
    void halfAFrameBeforeAuthenticationAndSilenceAreClosedToo() throws Exception {
        try (RawKafkaClient silent = connect(gateway);
                RawKafkaClient half = connect(gateway);
                RawKafkaClient lingering = connect(gateway)) {
            half.send(new byte[] {0, 0});
            lingering.exchange(
                    ApiKeys.API_VERSIONS,
                    3,
                    new ApiVersionsRequestData().setClientSoftwareName("x").setClientSoftwareVersion("1"),
                    1,
                    "raw");

            assertThat(silent.isClosedByPeer(PROMPTLY)).isTrue();
            assertThat(half.isClosedByPeer(PROMPTLY)).isTrue();
            assertThat(lingering.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void aFrameThatIsSlowButMovesIsNotClosed() throws Exception {
        byte[] frame = frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2);
        try (RawKafkaClient client = connect(gateway)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            for (byte each : frame) {
                client.send(new byte[] {each});
                await().pollDelay(Duration.ofMillis(60)).until(() -> true);
            }

            client.receive(ApiKeys.LIST_GROUPS, 4, 2);
        }
    }

    @Test
    void anIdleConnectionBetweenFramesStays() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");

            assertThat(client.isClosedByPeer(Duration.ofMillis(1_500))).isFalse();
            client.exchange(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()), 2, "raw");
        }
    }

    private List<ILoggingEvent> linesOf(int port) {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getFormattedMessage().contains(":" + port))
                .toList();
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    /** A whole frame of any API and version, with a null client id. */
    private static byte[] frameOf(int api, int version) {
        return ByteBuffer.allocate(18)
                .putInt(14)
                .putShort((short) api)
                .putShort((short) version)
                .putInt(7)
                .putShort((short) -1)
                .putInt(0)
                .array();
    }
}
