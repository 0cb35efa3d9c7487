/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.operations.AuditLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Listeners behind load balancers that say, by the PROXY protocol, where a client comes from. */
class ProxyProtocolIT {

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);
    private static final ListAppender<ILoggingEvent> EVENTS = new ListAppender<>();
    private static final Duration PROMPTLY = Duration.ofSeconds(10);
    /** Sooner than a header is missed. */
    private static final Duration AT_ONCE = Duration.ofMillis(3_500);

    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int TCP4 = 0x11;
    private static final int UDP4 = 0x12;
    private static final int TCP6 = 0x21;
    private static final int UNIX = 0x31;
    private static final byte[] V1 = v1("TCP4 203.0.113.7 192.0.2.1 4711 9092");
    private static final String ACLS = """
            {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local, label: a}}
            ---
            apiVersion: gatehouse/v1
            kind: Interceptor
            metadata: {name: acl}
            spec: {type: acl, priority: 500, scope: {username: guarded}, config: {}}
            ---
            apiVersion: gatehouse/v1
            kind: AclBinding
            metadata: {name: from-one-network}
            spec: {virtualCluster: passthrough, principal: "User:guarded", host: 203.0.113.0/24, operation: WRITE, resourceType: TOPIC, resourceName: "*"}
            """;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestCertificates authority;
    private static TestGateway gateway;
    private static AdminClient admin;
    private static int plaintext;
    private static int strict;
    private static int secured;

    @BeforeAll
    static void start() throws Exception {
        EVENTS.start();
        LOGGER.setLevel(Level.INFO);
        LOGGER.setAdditive(false);
        LOGGER.addAppender(EVENTS);
        authority = TestCertificates.in(folder, "authority");
        Path keyStore = authority.keyStore("gateway", "CN=gateway", "dns:*.kafka.test");
        plaintext = FreePorts.take(12);
        strict = plaintext + 10;
        secured = plaintext + 11;
        int http = FreePorts.take(1);
        String proxied = ", authentication: [{type: plain, cost: 4}], proxyProtocol: {trusted: [127.0.0.1, \"::1\"]}";
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann", "guarded")
                .plugin(TestGateway.jarOf("plugins/acl"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + http + "}]")
                .limit("authenticationTimeout", "4s")
                .listener("{name: plaintext, ports: [" + plaintext + "-" + (strict - 1)
                        + "], advertisedHost: localhost, route: {cluster: local}, allowPlaintextCredentials: true"
                        + proxied
                        + "}")
                .listener("{name: strict, ports: [" + strict + "], route: {cluster: local}" + proxied + "}")
                .listener("{name: secured, ports: [" + secured + "], route: {sni: {suffix: .kafka.test, form: shared}}"
                        + proxied + ", tls: {ssl.keystore.type: PKCS12, ssl.keystore.location: \"" + keyStore
                        + "\", ssl.keystore.password: " + TestCertificates.PASSWORD + ", ssl.key.password: "
                        + TestCertificates.PASSWORD + "}}")
                .resource("acls.yaml", ACLS)
                .start();
        admin = AdminClient.of(http, gateway.home());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        LOGGER.detachAppender(EVENTS);
        LOGGER.setLevel(null);
    }

    @BeforeEach
    void forget() {
        EVENTS.list.clear();
    }

    private static byte[] v1(String text) {
        return ("PROXY " + text + "\r\n").getBytes(US_ASCII);
    }

    private static byte[] v2(int command, int protocol, byte[] addresses, byte[] additions) {
        return ByteBuffer.allocate(16 + addresses.length + additions.length)
                .put(SIGNATURE)
                .put((byte) command)
                .put((byte) protocol)
                .putShort((short) (addresses.length + additions.length))
                .put(addresses)
                .put(additions)
                .array();
    }

    private static byte[] addresses(String source, int port) {
        try {
            byte[] from = InetAddress.getByName(source).getAddress();
            return ByteBuffer.allocate(2 * from.length + 4)
                    .put(from)
                    .put(from)
                    .putShort((short) port)
                    .putShort((short) 9092)
                    .array();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] then(byte[] header, byte[] more) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(header);
        both.writeBytes(more);
        return both.toByteArray();
    }

    private static RawKafkaClient connect(byte[] header) throws IOException {
        RawKafkaClient client = RawKafkaClient.connect("127.0.0.1", plaintext);
        client.send(header);
        return client;
    }

    private static double closed() {
        return RawRequests.metric(gateway, "gatehouse_connections_closed_total", "reason=\"proxy\"");
    }

    static Stream<Arguments> headers() {
        byte[] addition = {0x04, 0, 3, 'a', 'b', 'c'};
        return Stream.of(
                Arguments.of("v1, IPv4", V1, "203.0.113.7:4711"),
                Arguments.of("v1, IPv6", v1("TCP6 2001:db8::7 2001:db8::1 4711 9092"), "2001:db8:0:0:0:0:0:7:4711"),
                Arguments.of(
                        "v2, IPv4", v2(PROXY, TCP4, addresses("203.0.113.8", 4712), new byte[0]), "203.0.113.8:4712"),
                Arguments.of(
                        "v2, high port",
                        v2(PROXY, TCP4, addresses("203.0.113.8", 65535), addition),
                        "203.0.113.8:65535"),
                Arguments.of(
                        "v2, IPv6 with an addition",
                        v2(PROXY, TCP6, addresses("2001:db8::8", 4713), addition),
                        "2001:db8:0:0:0:0:0:8:4713"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void theAddressOfTheHeaderIsWhatAuditAndOperatorsSee(String name, byte[] header, String client) throws Exception {
        try (RawKafkaClient raw = connect(header)) {
            assertThat(raw.saslPlain("ann", "ann").errorCode()).isZero();

            assertThat(auditedClient()).isEqualTo(client);
            assertThat(admin.get("/api/v1/connections").body().toString()).contains("\"" + client + "\"");
        }
    }

    @Test
    void aLoadBalancerThatSpeaksForItselfIsTheClient() throws Exception {
        for (byte[] header : List.of(v2(LOCAL, 0, new byte[0], new byte[0]), v1("UNKNOWN"), v1("UNKNOWN a b c d"))) {
            forget();
            try (RawKafkaClient raw = connect(header)) {
                assertThat(raw.saslPlain("ann", "ann").errorCode()).isZero();

                assertThat(auditedClient()).startsWith("127.0.0.1:");
            }
        }
    }

    private static String auditedClient() throws Exception {
        await().until(() -> !EVENTS.list.isEmpty());
        JsonNode event = new ObjectMapper().readTree(EVENTS.list.get(0).getFormattedMessage());
        assertThat(event.path("outcome").asText()).isEqualTo("success");
        return event.path("client").asText();
    }

    @Test
    void aclsAreAboutTheAddressOfTheHeader() throws Exception {
        String topic = "proxied-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 1, 1);

        assertThat(produced(topic, V1)).isEqualTo(Errors.NONE);
        assertThat(produced(topic, v1("TCP4 198.51.100.7 192.0.2.1 4711 9092")))
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
    }

    private static Errors produced(String topic, byte[] header) throws Exception {
        int leader = kafka.cluster()
                .admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .get(0)
                .leader()
                .id();
        try (RawKafkaClient raw = RawKafkaClient.connect("127.0.0.1", plaintext + 1 + leader)) {
            raw.send(header);
            assertThat(raw.saslPlain("guarded", "guarded").errorCode()).isZero();
            ProduceResponseData response = raw.exchange(
                    ApiKeys.PRODUCE, 9, RawRequests.produce(topic, Uuid.ZERO_UUID, 1, null, new byte[8]), 3, "raw");
            return Errors.forCode(response.responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0)
                    .errorCode());
        }
    }

    @Test
    void aHeaderMayComeInPiecesOrTogetherWithTheFirstRequest() throws Exception {
        byte[] request = RawRequests.frame(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1);
        for (byte[] header : List.of(V1, v2(PROXY, TCP4, addresses("203.0.113.8", 4712), new byte[0]))) {
            byte[] both = then(header, request);
            try (RawKafkaClient raw = connect(both)) {
                assertThat(raw.readFrame()).isNotEmpty();
            }
            try (RawKafkaClient raw = RawKafkaClient.connect("127.0.0.1", plaintext)) {
                for (byte each : both) {
                    raw.send(new byte[] {each});
                }
                assertThat(raw.readFrame()).isNotEmpty();
            }
        }
    }

    @Test
    void tlsAndTheHostNameComeAfterTheHeader() throws Exception {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", secured);
        try (RawKafkaClient raw =
                RawKafkaClient.connect(address, authority.trustingContext("TLS"), "bootstrap-a.kafka.test", V1)) {
            assertThat(raw.saslPlain("ann", "ann").errorCode()).isZero();

            DescribeClusterResponseData cluster =
                    raw.exchange(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData(), 2, "raw");

            assertThat(cluster.clusterId()).startsWith("team-a@");
            assertThat(auditedClient()).isEqualTo("203.0.113.7:4711");
        }
        assertThatThrownBy(() ->
                        RawKafkaClient.connect(address, authority.trustingContext("TLS"), "bootstrap-a.kafka.test"))
                .as("no header")
                .isInstanceOf(IOException.class);
    }

    static Stream<Arguments> whatIsNoHeader() {
        byte[] request = RawRequests.frame(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1);
        return Stream.of(
                Arguments.of("Kafka at once", request),
                Arguments.of("one address", v1("TCP4 203.0.113.7")),
                Arguments.of("a host name", v1("TCP4 localhost 192.0.2.1 4711 9092")),
                Arguments.of("an address of the other version", v1("TCP4 2001:db8::7 192.0.2.1 4711 9092")),
                Arguments.of("a port that is none", v1("TCP4 203.0.113.7 192.0.2.1 70000 9092")),
                Arguments.of("small letters", "proxy TCP4 203.0.113.7 192.0.2.1 4711 9092\r\n".getBytes(US_ASCII)),
                Arguments.of("a line without end", "PROXY TCP4 ".repeat(20).getBytes(US_ASCII)),
                Arguments.of("a good header after a bad one", then(v1("TCP4 nowhere"), V1)),
                Arguments.of("a datagram", v2(PROXY, UDP4, addresses("203.0.113.7", 1), new byte[0])),
                Arguments.of("a socket of a file", v2(PROXY, UNIX, new byte[216], new byte[0])),
                Arguments.of("an unknown command", v2(0x2F, TCP4, addresses("203.0.113.7", 1), new byte[0])),
                Arguments.of("version 3", v2(0x31, TCP4, addresses("203.0.113.7", 1), new byte[0])),
                Arguments.of("fewer bytes than an address has", v2(PROXY, TCP6, new byte[12], new byte[0])),
                Arguments.of("too many additions", v2(PROXY, TCP4, addresses("203.0.113.7", 1), new byte[5_000])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsNoHeader")
    void whateverElseComesFirstClosesTheConnection(String name, byte[] first) throws Exception {
        double before = closed();

        try (RawKafkaClient raw = connect(first)) {
            assertThat(raw.isClosedByPeer(AT_ONCE)).isTrue();
        }

        // Netty's decoder closes the connection before it says why.
        await().untilAsserted(() -> assertThat(closed()).isEqualTo(before + 1));
        assertThat(EVENTS.list).isEmpty();
    }

    @Test
    void aHeaderThatDoesNotComeIsNotWaitedForLongerThanALogin() throws Exception {
        double before = closed();
        try (RawKafkaClient raw = connect("PROXY TCP4 203.0".getBytes(US_ASCII))) {
            assertThat(raw.isClosedByPeer(Duration.ofMillis(500))).isFalse();
            assertThat(raw.isClosedByPeer(PROMPTLY)).isTrue();
        }
        await().untilAsserted(() -> assertThat(closed()).isEqualTo(before + 1));
    }

    @Test
    void nobodyElseIsBelieved() throws Exception {
        double before = closed();
        try (RawKafkaClient raw = RawKafkaClient.connect("127.0.0.1", plaintext, InetAddress.getByName("127.0.0.2"))) {
            assertThat(raw.isClosedByPeer(PROMPTLY)).isTrue();
        }
        await().untilAsserted(() -> assertThat(closed()).isEqualTo(before + 1));
    }

    @Test
    void passwordsWithoutTlsAreRefusedWhenTheClientIsElsewhere() throws Exception {
        for (String source : List.of("203.0.113.7", "127.0.0.1")) {
            try (RawKafkaClient raw = RawKafkaClient.connect("127.0.0.1", strict)) {
                raw.send(v1("TCP4 " + source + " 192.0.2.1 4711 9092"));
                if (source.equals("127.0.0.1")) {
                    assertThat(raw.saslPlain("ann", "ann").errorCode())
                            .as("nothing has left this machine")
                            .isZero();
                } else {
                    assertThatThrownBy(() -> raw.saslPlain("ann", "ann")).hasMessageContaining("ILLEGAL_SASL_STATE");
                }
            }
        }
    }
}
