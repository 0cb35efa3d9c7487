/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.gatehouse.it.AdminClient.Answer;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The bootstrap file is read again: what has changed counts, what has not goes on, and what cannot be has no effect at all. */
class ReloadIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    private Path folder;

    private final String topic = "reload-" + UUID.randomUUID();
    private TestGateway gateway;
    private int adminPort;
    private int other;

    @BeforeEach
    void start() throws IOException {
        kafka.cluster().createTopic(topic, 1, 3);
        adminPort = FreePorts.take(1);
        other = FreePorts.take(24);
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann", "bob")
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .listener(listener("other", other, "{cluster: local}", "[{type: plain, cost: 4}]"))
                .extra("administration:\n" + administration("ops"))
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private String administration(String writer) {
        String hash = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());
        return "  - {type: http, port: " + adminPort + ", users: [{name: " + writer + ", passwordHash: \"" + hash
                + "\", role: read-write}, {name: reader, passwordHash: \"" + hash + "\"}]}\n";
    }

    private static String listener(String name, int first, String route, String authentication) {
        return "{name: " + name + ", ports: [\"" + first + "-" + (first + 4) + "\"], advertisedHost: localhost, route: "
                + route + ", authentication: " + authentication + "}";
    }

    private AdminClient operator(String name) {
        return new AdminClient(adminPort, AdminClient.basic(name, "secret"));
    }

    private void edit(String what, String by) {
        gateway.editConfig(text -> {
            assertThat(text).contains(what);
            return text.replace(what, by);
        });
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private KafkaProducer<String, String> producer(int port, String user) {
        return Clients.producer(Clients.as("localhost:" + port, user));
    }

    private void send(KafkaProducer<String, String> producer) throws Exception {
        producer.send(new ProducerRecord<>(topic, "x")).get(20, TimeUnit.SECONDS);
    }

    /** How many connections the gateway has ended; those that clients ended are left out. */
    private double closed() {
        return gateway.management("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("gatehouse_connections_closed_total{") && !line.contains("\"client\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    @Test
    void aListenerComesMovesAndGoesWhileTheClientsOfAnotherKeepTheirConnections() throws Exception {
        String added = listener("third", other + 10, "{cluster: local}", "[{type: plain, cost: 4}]");
        try (KafkaProducer<String, String> steady = producer(gateway.bootstrapPort(), "ann")) {
            send(steady);

            gateway.editConfig(text -> text.replace("management:", "  - " + added + "\nmanagement:"));
            Answer answer = operator("ops").send("POST", "/api/v1/reload", null, null);

            assertThat(answer.body().path("changes").toString()).isEqualTo("[\"listener third: added\"]");
            try (KafkaProducer<String, String> there = producer(other + 10, "bob")) {
                send(there);
                double before = closed();
                edit("\"" + (other + 10) + "-" + (other + 14) + "\"", "\"" + (other + 11) + "-" + (other + 15) + "\"");

                assertThat(gateway.gatehouse().reload("test")).containsExactly("listener third: ports");

                Awaitility.await().until(() -> closed() > before);
                assertThat(accepts(other + 10)).isFalse();
                assertThat(accepts(other + 11)).isTrue();
            }
            double before = closed();
            gateway.editConfig(text -> text.replaceAll("(?m)^  - \\{name: (third|other),.*\\R", ""));

            assertThat(gateway.gatehouse().reload("test"))
                    .containsExactly("listener other: removed", "listener third: removed");

            assertThat(accepts(other)).isFalse();
            assertThat(accepts(other + 11)).isFalse();
            send(steady);
            assertThat(gateway.metric("gatehouse_connections")).isPositive();
            assertThat(closed()).isEqualTo(before);
            assertThat(gateway.gatehouse().reload("test")).isEmpty();
        }
    }

    /** Whoever has connected, has chosen a mechanism or waits for an answer is as little let in as somebody new. */
    @Test
    void aListenerThatGoesLetsNobodyInWhoIsInMidLogin() throws Exception {
        try (CapturedLog logins = CapturedLog.of("io.gatehouse.kernel.client.Login");
                RawKafkaClient connected = RawKafkaClient.connect("localhost", other);
                RawKafkaClient asked = RawKafkaClient.connect("localhost", other);
                RawKafkaClient chosen = RawKafkaClient.connect("localhost", other);
                RawKafkaClient steady = RawRequests.connect(gateway)) {
            asked.exchange(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1, "raw");
            SaslHandshakeRequestData plain = new SaslHandshakeRequestData().setMechanism("PLAIN");
            SaslHandshakeResponseData handshake = chosen.exchange(ApiKeys.SASL_HANDSHAKE, 1, plain, 1, "raw");
            assertThat(handshake.errorCode()).isZero();
            steady.exchange(ApiKeys.SASL_HANDSHAKE, 1, plain, 1, "raw");
            gateway.editConfig(text -> text.replaceAll("(?m)^  - \\{name: other,.*\\R", ""));

            assertThat(gateway.gatehouse().reload("test")).containsExactly("listener other: removed");

            for (RawKafkaClient client : List.of(connected, asked, chosen)) {
                assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
            }
            assertThat(logins.lines()).noneMatch(line -> line.startsWith("authentication success"));
            SaslAuthenticateResponseData answer = steady.exchange(
                    ApiKeys.SASL_AUTHENTICATE,
                    2,
                    new SaslAuthenticateRequestData().setAuthBytes("\0ann\0ann".getBytes(StandardCharsets.UTF_8)),
                    2,
                    "raw");
            assertThat(answer.errorCode()).as("by another listener").isZero();
        }
    }

    @Test
    void aListenerMovesToAllAddressesOfTheMachineOnTheSamePorts() throws Exception {
        edit("{name: other, ports", "{name: other, addresses: [0.0.0.0], allowPlaintextCredentials: true, ports");

        assertThat(gateway.gatehouse().reload("test"))
                .containsExactly("listener other: addresses, allowPlaintextCredentials");

        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.2", other), 1_000);
        }
        try (KafkaProducer<String, String> there = producer(other, "bob")) {
            send(there);
        }
    }

    @Test
    void nothingCountsWhenAPortIsBusyAndWhatWasInItsWayIsBoundAgain() throws Exception {
        try (ServerSocket busy = new ServerSocket(other + 20, 1, InetAddress.getByName("127.0.0.1"));
                KafkaProducer<String, String> there = producer(other, "bob")) {
            send(there);
            double before = closed();
            gateway.editConfig(text -> text.replace(
                            "{name: other, ports",
                            "{name: other, addresses: [0.0.0.0], allowPlaintextCredentials: true, ports")
                    .replace(
                            "management:",
                            "  - " + listener("new", other + 18, "{cluster: local}", "[{type: plain, cost: 5}]")
                                    + "\nmanagement:"));

            assertThatThrownBy(() -> gateway.gatehouse().reload("test"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("listener new: 127.0.0.1:" + busy.getLocalPort())
                    .hasMessageContaining("expected: a free port");

            assertThat(accepts(other + 18)).isFalse();
            send(there);
            assertThat(closed()).isEqualTo(before);
            try (KafkaProducer<String, String> again = producer(other, "ann")) {
                send(again);
            }
            try (Socket elsewhere = new Socket()) {
                assertThatThrownBy(() -> elsewhere.connect(new InetSocketAddress("127.0.0.2", other), 1_000))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void whatCannotChangeIsNamedAndTheRestDoesNotCountEither() {
        edit("name: other, ports", "name: renamed, ports");
        edit(
                "management: {port: 0}",
                "management: {port: 0}\nlimits: {connections.max.age: 1h}\nplugins: {required: [acl]}");
        edit("bootstrap.servers: \"", "client.id: changed, bootstrap.servers: \"");

        Answer answer = operator("ops").send("POST", "/api/v1/reload", null, null);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().path("title").asText())
                .isEqualTo("The bootstrap file cannot be used; what ran before goes on");
        assertThat(answer.errors())
                .containsExactlyInAnyOrder(
                        "/ limits.connections.max.age: has changed (expected: as it runs, since it cannot change without a restart)",
                        "/ plugins.required: has changed (expected: as it runs, since it cannot change without a restart)",
                        "/ clusters[0].properties: has changed (expected: as it runs, since it cannot change without a restart)");
        assertThat(listeners()).containsExactly("apps", "other");
    }

    private List<String> listeners() {
        String detail = operator("ops")
                .get("/api/v1/explain?principal=ann&listener=nobody")
                .body()
                .path("detail")
                .asText();
        return List.of(detail.replaceAll(".*\\[(.*)].*", "$1").split(", "));
    }

    @Test
    void aFileThatCannotBeReadOrAPluginThatRefusesItsConfigurationChangesNothing() throws Exception {
        Path file = gateway.home().resolve("gatehouse.yaml");
        String good = Files.readString(file);
        Map<String, String> brokenAndSaid = Map.of(
                "clusters: [",
                "line 1, column 12",
                good.replace("name: other", "nme: other"),
                "listeners[1].nme: unknown key (did you mean `name`?)",
                good.replace("{type: plain, cost: 4}]", "{type: plain, cost: 99}]"),
                "listeners[0].authentication[0].cost: 99 (expected: 4-16)",
                good.replace("{type: plain, cost: 4}]}", "{type: missing}]}"),
                "listeners[1].authentication[0].type: missing (expected: a type that a loaded plugin offers",
                good.replace(
                        "route: {cluster: local}, authentication", "route: {virtualCluster: nobody}, authentication"),
                "VirtualCluster/nobody: missing (expected: this resource, as a listener's route names it)",
                good.replace("name: other, ports", "name: other, tls: {ssl.keystore.location: /nowhere}, ports"),
                "listeners[1].tls: ");
        brokenAndSaid.forEach((broken, said) -> {
            assertThat(broken).isNotEqualTo(good);
            gateway.editConfig(text -> broken);

            assertThatThrownBy(() -> gateway.gatehouse().reload("test"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(said);
        });
        try (KafkaProducer<String, String> there = producer(other, "bob")) {
            send(there);
        }
        assertThat(gateway.management("/metrics").body()).contains("gatehouse_reloads_total{outcome=\"failure\"} 6.0");
        Files.writeString(file, good);
        assertThat(gateway.gatehouse().reload("test")).isEmpty();
    }

    @Test
    void anotherListenersAuthenticationIsAnotherAndItsClientsAreAskedAgain() throws Exception {
        try (KafkaProducer<String, String> steady = producer(gateway.bootstrapPort(), "ann");
                KafkaProducer<String, String> concerned = producer(other, "bob")) {
            send(steady);
            send(concerned);
            double before = closed();
            // The same accounts under another name and prefix: who has logged in by the entry that is gone is nobody
            // now.
            edit(
                    "route: {cluster: local}, authentication: [{type: plain, cost: 4}]}",
                    "route: {cluster: local}, authentication: [{type: plain, name: second, cost: 4, principalPrefix: \"x-\"}]}");

            assertThat(gateway.gatehouse().reload("test")).containsExactly("listener other: authentication");

            send(concerned);
            assertThat(closed()).isGreaterThan(before);
            double after = closed();
            send(steady);
            assertThat(closed()).isEqualTo(after);
            assertThat(operator("ops").get("/api/v1/connections").body().toString())
                    .contains("\"principal\":\"x-bob\"", "\"principal\":\"ann\"");
        }
    }

    @Test
    void aMandatoryVirtualClusterCountsForWhoIsConnected() throws Exception {
        try (RawKafkaClient connected = RawKafkaClient.connect("localhost", gateway.bootstrapPort());
                RawKafkaClient newcomer = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            assertThat(connected.saslPlain("ann", "ann").errorCode()).isZero();
            gateway.editConfig(text -> text + "identity: {mandatoryVirtualCluster: true}\n");

            assertThat(gateway.gatehouse().reload("test")).containsExactly("identity.mandatoryVirtualCluster");

            connected.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 99, "raw");
            assertThat(connected.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
            assertThat(newcomer.saslPlain("ann", "ann").errorCode()).isNotZero();
        }
    }

    @Test
    void certificatesOfAListenerAreThoseThatTheFileNamesNow() throws Exception {
        TestCertificates authority = TestCertificates.in(folder, "authority");
        String tls = "tls: {ssl.keystore.location: \"%s\", ssl.keystore.password: " + TestCertificates.PASSWORD
                + ", ssl.key.password: " + TestCertificates.PASSWORD + ", ssl.keystore.type: PKCS12}, ports";
        Path one = authority.keyStore("one", "CN=one", "dns:localhost");
        Path two = authority.keyStore("two", "CN=two", "dns:localhost");
        edit("{name: other, ports", "{name: other, " + tls.formatted(one));
        assertThat(gateway.gatehouse().reload("test")).containsExactly("listener other: tls");
        Map<String, Object> client = Clients.as("localhost:" + other, "bob");
        client.putAll(authority.trusting());
        client.put("security.protocol", "SASL_SSL");
        try (KafkaProducer<String, String> connected = Clients.producer(client)) {
            send(connected);
            double before = closed();
            edit(one.toString(), two.toString());

            assertThat(gateway.gatehouse().reload("test")).containsExactly("listener other: tls");

            send(connected);
            assertThat(closed()).isEqualTo(before);
            assertThat(subject(other, authority)).isEqualTo("CN=two");
        }
    }

    private static String subject(int port, TestCertificates authority) throws Exception {
        try (SSLSocket socket = (SSLSocket) CertificatesIT.trusting(authority.trustStore())
                .getSocketFactory()
                .createSocket("localhost", port)) {
            socket.startHandshake();
            return CertificatesIT.subject(socket);
        }
    }

    @Test
    void aClusterIsAddedWithAListenerThatLeadsThere() throws Exception {
        gateway.editConfig(text -> text.replace(
                        "listeners:",
                        "  - {name: second, properties: {bootstrap.servers: \"" + kafka.bootstrapServers()
                                + "\"}}\nlisteners:")
                .replace(
                        "management:",
                        "  - " + listener("new", other + 10, "{cluster: second}", "[{type: plain, cost: 4}]")
                                + "\nmanagement:"));

        assertThat(gateway.gatehouse().reload("test")).containsExactly("cluster second: added", "listener new: added");

        try (KafkaProducer<String, String> there = producer(other + 10, "bob")) {
            send(there);
        }
        assertThat(gateway.management("/health/ready").body()).contains("\"cluster second\":\"UP\"");
    }

    @Test
    void theInterfaceThatAReloadComesByIsReplacedOnlyFromOutside() {
        edit(administrationUsers(), administrationUsers().replace("name: ops", "name: new-ops"));

        Answer refused = operator("ops").send("POST", "/api/v1/reload", null, null);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.errors()).singleElement().asString().startsWith("/ administration: has changed");
        assertThat(operator("reader").send("POST", "/api/v1/reload", null, null).status())
                .isEqualTo(403);

        assertThat(gateway.gatehouse().reload("the signal HUP")).containsExactly("administration");

        assertThat(operator("ops").get("/api/v1/health").status()).isEqualTo(401);
        assertThat(operator("new-ops").get("/api/v1/health").status()).isEqualTo(200);

        edit("port: " + adminPort + ", users", "port: " + gateway.bootstrapPort() + ", users");
        assertThatThrownBy(() -> gateway.gatehouse().reload("the signal HUP"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected: a free port");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(
                                operator("new-ops").get("/api/v1/health").status())
                        .isEqualTo(200));
    }

    private String administrationUsers() {
        try {
            return Files.readString(gateway.home().resolve("gatehouse.yaml"))
                    .lines()
                    .filter(line -> line.startsWith("  - {type: http"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
