/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One port and one wildcard certificate for three virtual clusters of three brokers, told apart by the host name that a client asks for. */
class SniRoutingIT {

    private static final String SUFFIX = ".kafka.test";
    private static final int ADVERTISED = 9093;
    private static final Duration PROMPTLY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestCertificates authority;
    private static TestGateway gateway;
    private static AdminClient admin;
    private static List<String> warnings;
    private static Path served;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        authority = TestCertificates.in(folder, "authority");
        served = folder.resolve("served.p12");
        Files.copy(authority.keyStore("wildcard", "CN=first", "dns:*" + SUFFIX), served);
        port = FreePorts.take(4);
        int http = port + 2;
        TestGateway.Builder description = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann")
                .allowAnonymous()
                .cluster("other", kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + http + "}]")
                .listener(listener("shared", port, "")
                        + ", route: {cluster: local, passthrough: true, sni: {suffix: " + SUFFIX
                        + ", form: shared, clusterLabel: real}}}")
                .listener(listener("elsewhere", port + 1, ", advertisedPort: " + ADVERTISED)
                        + ", route: {sni: {suffix: " + SUFFIX + ", form: shared}}}")
                .listener(listener("labelled", port + 3, "") + ", route: {cluster: local, sni: {suffix: " + SUFFIX
                        + ", form: shared}}}")
                .resource(
                        "virtual-clusters.yaml",
                        virtualCluster("team-a", "a", "")
                                + virtualCluster("team-b", "b", "")
                                + virtualCluster("team-e", "e", "")
                                // Its own authentication is not that of the listener.
                                + virtualCluster("team-c", "c", ", authentication: [{type: anonymous}]"))
                .resource("other.yaml", virtualCluster("team-x", "x", "").replace("cluster: local", "cluster: other"));
        try (CapturedLog log = CapturedLog.warningsOf("io.gatehouse.kernel.Gatehouse")) {
            gateway = description.start();
            warnings = log.lines();
        }
        admin = AdminClient.of(http, gateway.home());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String listener(String name, int port, String more) {
        return "{name: " + name + ", ports: [" + port + "], authentication: [{type: plain, cost: 4}], tls: {"
                + "ssl.keystore.type: PKCS12, ssl.keystore.location: \"" + served + "\", ssl.keystore.password: "
                + TestCertificates.PASSWORD + ", ssl.key.password: " + TestCertificates.PASSWORD + "}" + more;
    }

    private static String virtualCluster(String name, String label, String more) {
        return "---\n{apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: " + name
                + "}, spec: {cluster: local, label: " + label + more + "}}\n";
    }

    private static RawKafkaClient connect(String host) throws IOException {
        return connect(host, port);
    }

    private static RawKafkaClient connect(String host, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return RawKafkaClient.connect(address, authority.trustingContext("TLS"), host + SUFFIX);
    }

    private static RawKafkaClient login(String host) throws IOException {
        RawKafkaClient client = connect(host);
        assertThat(client.saslPlain("ann", "ann").errorCode()).isZero();
        return client;
    }

    private static String clusterId(RawKafkaClient client) throws IOException {
        DescribeClusterResponseData response =
                client.exchange(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData(), 7, "raw");
        return response.clusterId();
    }

    private static double refused() {
        return RawRequests.metric(gateway, "gatehouse_connections_closed_total", "reason=\"server-name\"");
    }

    @Test
    void kafkasOwnClientReachesEveryBrokerOfEachVirtualClusterByItsName() throws Exception {
        String topic = "sni-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 3, 1);
        Path hosts = folder.resolve("hosts");
        List<String> labels = List.of("a", "b", "e", "real");
        Files.write(
                hosts,
                labels.stream()
                        .flatMap(label -> Stream.concat(
                                Stream.of("bootstrap-" + label),
                                IntStream.range(0, 10).mapToObj(node -> "broker-" + node + "-" + label)))
                        .map(host -> "127.0.0.1 " + host + SUFFIX)
                        .toList());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Djdk.net.hosts.file=" + hosts,
                "-cp",
                System.getProperty("java.class.path"),
                NamedHostsClient.class.getName(),
                authority.trustStore().toString(),
                topic,
                "ann"));
        labels.forEach(label -> command.add("bootstrap-" + label + SUFFIX + ":" + port));

        try (ClientProcess client = ClientProcess.start(folder, command)) {
            List<String> lines = client.succeed(PATIENCE).lines().toList();

            for (String label : labels) {
                String bootstrap = "bootstrap-" + label + SUFFIX + ":" + port;
                for (int node : kafka.cluster().nodeIds()) {
                    assertThat(lines)
                            .contains(bootstrap + " has node " + node + " at broker-" + node + "-" + label + SUFFIX
                                    + ":" + port);
                }
                assertThat(lines).contains(bootstrap + " has 3 records");
                String prefix = label.equals("real") ? "" : "team-" + label + "@";
                assertThat(lines)
                        .contains(bootstrap + " is cluster " + prefix
                                + kafka.cluster().clusterId());
            }
        }
    }

    /** By a label people come to a virtual cluster; by the cluster's own, who has none comes to the whole of the cluster. */
    @Test
    void theStartWarnsOfTheListenerWhoseNamesLeadToTheClusterItself() {
        assertThat(warnings)
                .filteredOn(line -> line.contains("own rights"))
                .anySatisfy(
                        line -> assertThat(line).startsWith("Listener shared:").contains("cluster local"))
                .noneMatch(line -> line.startsWith("Listener elsewhere:") || line.startsWith("Listener labelled:"));
    }

    @Test
    void whateverNamesBrokersNamesThemByTheLabelAndTheAdvertisedPort() throws Exception {
        try (RawKafkaClient client = connect("bootstrap-b", port + 1)) {
            client.saslPlain("ann", "ann");

            MetadataResponseData metadata =
                    client.exchange(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()), 1, "raw");
            DescribeClusterResponseData cluster =
                    client.exchange(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData(), 2, "raw");
            assertThat(metadata.clusterId()).startsWith("team-b@");
            assertThat(metadata.brokers()).hasSize(3).allSatisfy(broker -> {
                assertThat(broker.host()).isEqualTo("broker-" + broker.nodeId() + "-b" + SUFFIX);
                assertThat(broker.port()).isEqualTo(ADVERTISED);
            });
            assertThat(cluster.brokers()).hasSize(3).allSatisfy(broker -> {
                assertThat(broker.host()).isEqualTo("broker-" + broker.brokerId() + "-b" + SUFFIX);
                assertThat(broker.port()).isEqualTo(ADVERTISED);
            });
            // The first one to ask has the topic of offsets made.
            await().atMost(PATIENCE).untilAsserted(() -> {
                FindCoordinatorResponseData response = client.exchange(
                        ApiKeys.FIND_COORDINATOR,
                        4,
                        new FindCoordinatorRequestData().setCoordinatorKeys(List.of("group")),
                        3,
                        "raw");
                assertThat(response.coordinators()).singleElement().satisfies(found -> {
                    assertThat(found.nodeId()).isNotNegative();
                    assertThat(found.host()).isEqualTo("broker-" + found.nodeId() + "-b" + SUFFIX);
                    assertThat(found.port()).isEqualTo(ADVERTISED);
                });
            });
        }
    }

    @Test
    void aNameIsForOneNodeOfOneVirtualClusterAsClientsOfKafka44Check() throws Exception {
        List<Integer> nodes = kafka.cluster().nodeIds();
        String real = kafka.cluster().clusterId();
        String host = "broker-" + nodes.get(1) + "-a";

        assertThat(meant(host, nodes.get(1), "team-a@" + real)).isEqualTo(Errors.NONE);
        assertThat(meant(host, nodes.get(0), "team-a@" + real)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
        assertThat(meant(host, nodes.get(1), "team-b@" + real)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
        assertThat(meant(host, nodes.get(1), real)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
    }

    private static Errors meant(String host, int nodeId, String clusterId) throws IOException {
        try (RawKafkaClient client = connect(host)) {
            ApiVersionsResponseData response = client.exchange(
                    ApiKeys.API_VERSIONS,
                    5,
                    new ApiVersionsRequestData()
                            .setClientSoftwareName("raw")
                            .setClientSoftwareVersion("1")
                            .setNodeId(nodeId)
                            .setClusterId(clusterId),
                    1,
                    "raw");
            return Errors.forCode(response.errorCode());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bootstrap-unknown",
                "bootstrap",
                "bootstrap.a",
                "a",
                "team-a",
                "broker-1",
                "broker-01-a",
                "broker-1-unknown",
                "bootstrap-a.other"
            })
    void aNameThatLeadsNowhereIsClosedBeforeTheHandshake(String host) {
        double before = refused();

        assertThatThrownBy(() -> connect(host)).isInstanceOf(IOException.class);

        assertThat(refused()).isEqualTo(before + 1);
    }

    @Test
    void soIsAClientThatAsksForNoNameOrForAForeignOneOrSpeaksNoTls() throws Exception {
        double before = refused();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        SSLContext trusting = authority.trustingContext("TLS");

        assertThatThrownBy(() -> RawKafkaClient.connect(address, trusting, "localhost"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> RawKafkaClient.connect(address, trusting, "bootstrap-a.example.org"))
                .isInstanceOf(IOException.class);
        assertThat(refused()).isEqualTo(before + 2);
        try (RawKafkaClient plaintext = RawKafkaClient.connect("localhost", port)) {
            plaintext.send(RawRequests.frame(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1));
            assertThat(plaintext.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void namesAreReadWhateverTheirCase() throws Exception {
        try (RawKafkaClient client = login("BOOTSTRAP-A")) {
            assertThat(clusterId(client)).startsWith("team-a@");
        }
    }

    @Test
    void aListenerWithAClusterLeadsToItsVirtualClustersAndWhereTheUserDecides() throws Exception {
        try (RawKafkaClient client = login("bootstrap-real")) {
            assertThat(clusterId(client)).isEqualTo(kafka.cluster().clusterId());
        }
        assertThatThrownBy(() -> connect("bootstrap-real", port + 1))
                .as("another listener, which has no clusterLabel")
                .isInstanceOf(IOException.class);
    }

    @Test
    void aListenerWithAClusterLeadsToNoVirtualClusterOfAnother() throws Exception {
        try (RawKafkaClient client = connect("bootstrap-x", port + 1)) {
            assertThat(client.saslPlain("ann", "ann").errorCode()).isZero();
            assertThat(clusterId(client)).startsWith("team-x@");
        }
        assertThatThrownBy(() -> connect("bootstrap-x")).isInstanceOf(IOException.class);
    }

    @Test
    void theVirtualClusterOfTheNameSaysHowItsClientsAuthenticate() throws Exception {
        try (RawKafkaClient client = connect("bootstrap-c")) {
            assertThat(clusterId(client)).startsWith("team-c@");
        }
        try (RawKafkaClient client = connect("bootstrap-a")) {
            client.send(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData(), 1, "raw");
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
        try (RawKafkaClient client = connect("bootstrap-c")) {
            assertThatThrownBy(() -> client.saslPlain("ann", "ann")).hasMessageContaining("UNSUPPORTED_SASL_MECHANISM");
        }
    }

    @Test
    void explanationsFollowTheHostName() throws Exception {
        String question = "/api/v1/explain?listener=shared&principal=ann";

        assertThat(admin.get(question + "&virtualCluster=team-b")
                        .body()
                        .at("/user/virtualCluster")
                        .asText())
                .isEqualTo("team-b");
        assertThat(admin.get(question).body().at("/user/virtualCluster").asText())
                .as("by the label of the cluster")
                .isEqualTo("passthrough");
        assertThat(admin.get(question.replace("shared", "elsewhere")).status()).isEqualTo(400);
        try (RawKafkaClient client = login("bootstrap-b")) {
            String id = "";
            for (JsonNode each : admin.get("/api/v1/connections").body().path("items")) {
                if (each.path("address")
                        .asText()
                        .endsWith(":" + client.localAddress().getPort())) {
                    id = each.path("id").asText();
                }
            }
            assertThat(admin.get("/api/v1/explain?connection=" + id)
                            .body()
                            .at("/user/virtualCluster")
                            .asText())
                    .isEqualTo("team-b");
        }
    }

    @Test
    void labelsComeAndGoWithTheirResources() throws Exception {
        assertThatThrownBy(() -> connect("bootstrap-d")).isInstanceOf(IOException.class);

        gateway.writeResources("late.yaml", virtualCluster("team-d", "d", ""));
        awaitReachable("bootstrap-d");
        try (RawKafkaClient open = login("bootstrap-d")) {
            assertThat(clusterId(open)).startsWith("team-d@");

            gateway.writeResources("late.yaml", virtualCluster("team-d", "moved", ""));
            awaitReachable("bootstrap-moved");

            assertThatThrownBy(() -> connect("bootstrap-d")).isInstanceOf(IOException.class);
            open.send(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData(), 8, "raw");
            assertThat(open.isClosedByPeer(PROMPTLY))
                    .as("a client that was told names of the old label")
                    .isTrue();
        }
        try (RawKafkaClient open = login("bootstrap-moved")) {
            gateway.writeResources("late.yaml", "");
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThatThrownBy(() -> connect("bootstrap-moved")).isInstanceOf(IOException.class));
            open.send(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData(), 8, "raw");
            assertThat(open.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    private static void awaitReachable(String host) {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            try (RawKafkaClient client = connect(host)) {
                client.saslPlain("ann", "ann");
            }
        });
    }

    @Test
    void aRenewedCertificateIsShownToNewConnectionsAndOpenOnesGoOn() throws Exception {
        Path renewed = authority.keyStore("renewed", "CN=second", "dns:*" + SUFFIX);
        try (RawKafkaClient open = login("bootstrap-a")) {
            assertThat(subject("bootstrap-a")).isEqualTo("CN=first");

            Path beside = folder.resolve("beside.p12");
            Files.copy(renewed, beside);
            Files.move(beside, served, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

            for (String host : List.of("bootstrap-a", "broker-1-b", "broker-0-c")) {
                await().atMost(PATIENCE).until(() -> subject(host).equals("CN=second"));
            }
            assertThat(clusterId(open)).startsWith("team-a@");
        }
    }

    private static String subject(String host) throws IOException {
        try (SSLSocket socket = (SSLSocket) authority
                .trustingContext("TLS")
                .getSocketFactory()
                .createSocket(new java.net.Socket(InetAddress.getLoopbackAddress(), port), host + SUFFIX, port, true)) {
            socket.startHandshake();
            return TestCertificates.subject(socket);
        }
    }
}
