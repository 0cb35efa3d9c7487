/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * librdkafka (kcat) comes to virtual clusters by host names, which libnss-wrapper resolves, and through a real HAProxy that speaks the PROXY
 * protocol. Tools that are not there: as {@link ForeignClientsIT} says.
 */
@Tag("full")
class ForeignClientHostNamesIT {

    private static final String SUFFIX = ".kafka.test";
    private static final int RECORDS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestCertificates authority;
    private static TestGateway gateway;
    private static int direct;
    private static int version1;
    private static int version2;
    private static int plaintext;

    @BeforeAll
    static void start() throws Exception {
        authority = TestCertificates.in(folder, "authority");
        Path keyStore = authority.keyStore("wildcard", "CN=wildcard", "dns:*" + SUFFIX);
        direct = FreePorts.take(7);
        int proxied1 = direct + 1;
        int proxied2 = direct + 2;
        int proxiedPlaintext = direct + 3;
        version1 = direct + 4;
        version2 = direct + 5;
        plaintext = direct + 6;
        String tls = ", authentication: [{type: plain, cost: 4}], route: {sni: {suffix: " + SUFFIX
                + ", form: shared}}, tls: {ssl.keystore.type: PKCS12, ssl.keystore.location: \"" + keyStore
                + "\", ssl.keystore.password: " + TestCertificates.PASSWORD + ", ssl.key.password: "
                + TestCertificates.PASSWORD + "}";
        String proxy = ", proxyProtocol: {trusted: [127.0.0.1]}";
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .listener("{name: direct, ports: [" + direct + "]" + tls + "}")
                .listener("{name: one, ports: [" + proxied1 + "], advertisedPort: " + version1 + tls + proxy + "}")
                .listener("{name: two, ports: [" + proxied2 + "], advertisedPort: " + version2 + tls + proxy + "}")
                .listener("{name: plaintext, ports: [" + proxiedPlaintext
                        + "], authentication: [{type: plain, cost: 4}], route: {cluster: local}" + proxy + "}")
                .resource("virtual-clusters.yaml", """
                        {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local, label: a}}
                        ---
                        {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-b}, spec: {cluster: local, label: b}}
                        """)
                .start();
        Files.writeString(
                folder.resolve("haproxy.cfg"),
                """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                """ + forward(version1, proxied1, "send-proxy")
                        + forward(version2, proxied2, "send-proxy-v2")
                        + forward(plaintext, proxiedPlaintext, "send-proxy-v2"));
        Files.write(
                folder.resolve("hosts"),
                Stream.of("a", "b")
                        .flatMap(label -> Stream.concat(
                                Stream.of("bootstrap-" + label),
                                IntStream.range(0, 10).mapToObj(node -> "broker-" + node + "-" + label)))
                        .map(host -> "127.0.0.1 " + host + SUFFIX)
                        .toList());
    }

    private static String forward(int from, int to, String option) {
        return "listen from-%1$d\n  bind 127.0.0.1:%1$d\n  server gateway 127.0.0.1:%2$d %3$s\n"
                .formatted(from, to, option);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void librdkafkaComesByTheHostName(String label) throws Exception {
        requireKcat();

        assertThat(producedAndConsumed(label, direct)).containsExactlyElementsOf(values());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void librdkafkaComesByTheHostNameThroughHaproxy(int version) throws Exception {
        requireKcat();
        try (ClientProcess haproxy = haproxy()) {
            assertThat(producedAndConsumed("b", version == 1 ? version1 : version2))
                    .as(haproxy.output())
                    .containsExactlyElementsOf(values());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true", "2, true", "2, false"})
    void theGatewaySeesTheClientsAddressThroughHaproxy(int version, boolean tls) throws Exception {
        try (ClientProcess haproxy = haproxy();
                CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login");
                RawKafkaClient client = tls ? secured(version) : RawKafkaClient.connect("127.0.0.1", plaintext)) {
            assertThat(client.saslPlain("ann", "ann").errorCode())
                    .as(haproxy.output())
                    .isZero();

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("authentication success")
                    .contains(" from /127.0.0.1:" + client.localAddress().getPort() + ",");
        }
    }

    private static RawKafkaClient secured(int version) throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), version == 1 ? version1 : version2);
        return RawKafkaClient.connect(address, authority.trustingContext("TLS"), "bootstrap-a" + SUFFIX);
    }

    private static ClientProcess haproxy() throws Exception {
        require(works("haproxy", "-v"), "haproxy");
        ClientProcess process = ClientProcess.start(
                folder,
                List.of("haproxy", "-db", "-f", folder.resolve("haproxy.cfg").toString()));
        await().atMost(PATIENCE).until(() -> {
            try (RawKafkaClient client = RawKafkaClient.connect("127.0.0.1", plaintext)) {
                return client.saslPlain("ann", "ann").errorCode() == 0;
            } catch (IOException notYet) {
                return false;
            }
        });
        return process;
    }

    private static List<String> producedAndConsumed(String label, int port) throws InterruptedException {
        String topic = "host-names-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 3, 1);
        List<String> kcat = new ArrayList<>(List.of(
                "env",
                "LD_PRELOAD=libnss_wrapper.so",
                "NSS_WRAPPER_HOSTS=" + folder.resolve("hosts"),
                "kcat",
                "-b",
                "bootstrap-" + label + SUFFIX + ":" + port));
        for (String property : List.of(
                "security.protocol=SASL_SSL",
                "sasl.mechanism=PLAIN",
                "sasl.username=ann",
                "sasl.password=ann",
                "ssl.endpoint.identification.algorithm=https",
                "broker.address.family=v4",
                "ssl.ca.location=" + authority.pem())) {
            kcat.addAll(List.of("-X", property));
        }
        List<String> produce = new ArrayList<>(kcat);
        produce.addAll(List.of("-P", "-t", topic, "-X", "partitioner=random", "-X", "sticky.partitioning.linger.ms=0"));
        try (ClientProcess producer = ClientProcess.start(folder, produce)) {
            producer.input(String.join("\n", values())).succeed(PATIENCE);
        }
        List<String> consume = new ArrayList<>(kcat);
        consume.addAll(List.of("-C", "-q", "-e", "-o", "beginning", "-t", topic));
        try (ClientProcess consumer = ClientProcess.start(folder, consume)) {
            return consumer.succeed(PATIENCE)
                    .lines()
                    .filter(line -> line.startsWith("value"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> values() {
        return IntStream.range(0, RECORDS).mapToObj("value%02d"::formatted).toList();
    }

    private static void requireKcat() throws InterruptedException {
        require(works("kcat", "-V"), "kcat");
        require(
                works(
                        "env",
                        "LD_PRELOAD=libnss_wrapper.so",
                        "NSS_WRAPPER_HOSTS=" + folder.resolve("hosts"),
                        "getent",
                        "ahostsv4",
                        "bootstrap-a" + SUFFIX),
                "libnss-wrapper");
    }

    private static boolean works(String... command) throws InterruptedException {
        try (ClientProcess process = ClientProcess.start(folder, List.of(command))) {
            return process.endsWithin(PATIENCE) && process.exitValue() == 0;
        } catch (java.io.UncheckedIOException missing) {
            return false;
        }
    }

    private static void require(boolean present, String tool) {
        String message = tool + ": does not run (expected: the tool to be installed)";
        if ("true".equals(System.getenv("CI"))) {
            assertThat(present).as(message).isTrue();
        }
        assumeTrue(present, message);
    }
}
