/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * OAUTHBEARER with a real Keycloak, which {@code examples/keycloak/run} starts: the Apache client's own client credentials flow. Needs Maven
 * Central once, 170 MB.
 */
@Tag("full")
class KeycloakIT {

    private static final Duration START = Duration.ofMinutes(6);
    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static ClientProcess keycloak;
    private static TestGateway gateway;
    private static String realm;

    @BeforeAll
    static void start() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path root = Path.of(System.getProperty("gatehouse.root", ".."))
                .toAbsolutePath()
                .normalize();
        keycloak = ClientProcess.start(
                folder, List.of(root.resolve("examples/keycloak/run").toString(), Integer.toString(port)));
        realm = "http://127.0.0.1:" + port + "/realms/gatehouse";
        await().atMost(START).pollInterval(Duration.ofSeconds(1)).until(() -> {
            assertThat(keycloak.isRunning()).as(keycloak.output()).isTrue();
            return answers(realm + "/.well-known/openid-configuration");
        });
        System.setProperty(ALLOWED_URLS, realm + "/protocol/openid-connect/token");
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                .authentication("""
                        [{type: oauth, jwksUrl: "%1$s/protocol/openid-connect/certs", issuer: "%1$s", audiences: [kafka],
                          principalClaim: preferred_username, groupsClaim: realm_access.roles, virtualClusters: [team-a]}]""".formatted(realm).replace("\n", ""))
                .resource("virtual-clusters.yaml", """
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: team-a}
                        spec: {cluster: local}
                        """)
                .start();
    }

    private static boolean answers(String url) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            return connection.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    @AfterAll
    static void stop() {
        if (gateway != null) {
            gateway.close();
        }
        keycloak.close();
    }

    @Test
    void aServiceAccountIsAdmittedIntoTheVirtualClusterOfItsToken() throws Exception {
        try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login");
                Admin admin = Admin.create(client("billing", "billing-secret"))) {
            assertThat(admin.describeCluster().clusterId().get(30, TimeUnit.SECONDS))
                    .startsWith("team-a@");
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .contains("success", "service-account-billing", "team-a", "offline_access"));
        }
    }

    @Test
    void aProducerWorks() throws Exception {
        String topic = "keycloak-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 1, 3);
        Map<String, Object> config = client("billing", "billing-secret");

        try (KafkaProducer<String, String> producer = Clients.producer(config)) {
            producer.send(new ProducerRecord<>(topic, "value")).get(30, TimeUnit.SECONDS);
        }

        assertThat(Clients.readAll(config, topic)).hasSize(1);
    }

    @Test
    void aTokenThatIsNotForKafkaIsRefused() {
        try (Admin admin = Admin.create(client("visitor", "visitor-secret"))) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SaslAuthenticationException.class)
                    .hasMessageContaining("invalid_token");
        }
    }

    private static Map<String, Object> client(String id, String secret) {
        Map<String, Object> config = new HashMap<>(DocumentedClient.of("## Tokens: `oauth`"));
        config.put("bootstrap.servers", gateway.bootstrapServers());
        config.put("security.protocol", "SASL_PLAINTEXT");
        config.put("sasl.oauthbearer.token.endpoint.url", realm + "/protocol/openid-connect/token");
        config.computeIfPresent(
                "sasl.jaas.config",
                (key, value) -> value.toString()
                        .replace("\"billing\"", "\"" + id + "\"")
                        .replace("\"...\"", "\"" + secret + "\""));
        return config;
    }
}
