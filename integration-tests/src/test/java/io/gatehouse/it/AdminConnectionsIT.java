/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.AdminClient.Answer;
import io.gatehouse.it.CommandLineRun.Outcome;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.operations.AuditLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is connected, as operators see and end it. */
class AdminConnectionsIT {

    private static final short METADATA_VERSION = 9;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;
    private static AdminClient admin;
    private static int port;

    private final List<RawKafkaClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        port = FreePorts.take(1);
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("ann", "bob")
                .resource(
                        "mapping.yaml",
                        AdminClient.document("VirtualCluster", "team", "{cluster: local}") + "\n---\n"
                                + AdminClient.document(
                                        "UserMapping",
                                        "m",
                                        "{principal: ann, username: anna, virtualCluster: team, groups: [g]}"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + port + "}]")
                .start();
        admin = AdminClient.of(port, gateway.home());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void closeClients() throws IOException {
        for (RawKafkaClient client : clients) {
            client.close();
        }
    }

    private RawKafkaClient connected(String account) throws IOException {
        RawKafkaClient client = RawRequests.connect(gateway);
        clients.add(client);
        assertThat(client.saslPlain(account, account).errorCode()).isZero();
        client.exchange(ApiKeys.METADATA, METADATA_VERSION, new MetadataRequestData(), 7, "raw");
        return client;
    }

    private static List<JsonNode> connections(String username) {
        List<JsonNode> found = new ArrayList<>();
        admin.get("/api/v1/connections?username=" + username)
                .body()
                .path("items")
                .forEach(found::add);
        return found;
    }

    private static JsonNode of(RawKafkaClient client, String username) {
        return connections(username).stream()
                .filter(each -> each.path("address")
                        .asText()
                        .endsWith(":" + client.localAddress().getPort()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aConnectionIsShownWithWhoItIsAndWhatPassed() throws IOException {
        Instant before = Instant.now();
        RawKafkaClient client = connected("ann");

        JsonNode shown = of(client, "anna");

        assertThat(shown.path("principal").asText()).isEqualTo("ann");
        assertThat(shown.path("username").asText()).isEqualTo("anna");
        assertThat(shown.path("method").asText()).isEqualTo("PLAIN");
        assertThat(shown.path("virtualCluster").asText()).isEqualTo("team");
        assertThat(shown.path("groups").toString()).isEqualTo("[\"g\"]");
        assertThat(shown.path("address").asText()).startsWith("127.0.0.1:");
        assertThat(shown.path("broker").asText()).contains(" at ");
        assertThat(Instant.parse(shown.path("since").asText())).isBetween(before.minusSeconds(1), Instant.now());
        assertThat(shown.path("requests").asInt()).isPositive();
        assertThat(shown.path("requestBytes").asInt()).isPositive();
        assertThat(shown.path("responseBytes").asInt()).isPositive();
    }

    @Test
    void oneIsClosedAndNoOther() throws IOException {
        RawKafkaClient closed = connected("ann");
        RawKafkaClient other = connected("ann");
        String id = of(closed, "anna").path("id").asText();
        try (CapturedLog log = CapturedLog.of(AuditLog.LOGGER)) {

            assertThat(admin.delete("/api/v1/connections/" + id).status()).isEqualTo(200);

            assertThat(closed.isClosedByPeer(PATIENCE)).isTrue();
            other.exchange(ApiKeys.METADATA, METADATA_VERSION, new MetadataRequestData(), 8, "raw");
            await().until(() -> admin.delete("/api/v1/connections/" + id).status() == 404);
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("connection.close") && line.contains("\"actor\":\"admin\""));
        }
    }

    @Test
    void allOfAUserAreClosedByTheCommandLineAndThoseOfOthersStay() throws IOException {
        RawKafkaClient first = connected("ann");
        RawKafkaClient second = connected("ann");
        RawKafkaClient other = connected("bob");

        Outcome shown = gatehouse("connections", "--user", "anna");
        Outcome unclear = gatehouse("connections", "--close-all");
        Outcome closed = gatehouse("connections", "--close-all", "--user", "anna");

        assertThat(shown.output().lines().findFirst().orElseThrow())
                .contains("USERNAME", "PRINCIPAL", "BROKER", "REQUESTS");
        assertThat(shown.output()).contains("anna").doesNotContain("bob");
        assertThat(unclear.exitCode()).isEqualTo(1);
        assertThat(closed.output()).endsWith(" closed\n");
        assertThat(first.isClosedByPeer(PATIENCE)).isTrue();
        assertThat(second.isClosedByPeer(PATIENCE)).isTrue();
        other.exchange(ApiKeys.METADATA, METADATA_VERSION, new MetadataRequestData(), 8, "raw");
        assertThat(admin.delete("/api/v1/connections").status()).isEqualTo(400);
    }

    private static Outcome gatehouse(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--url",
                "http://127.0.0.1:" + port,
                "--password-file",
                gateway.home().resolve("data/admin-credentials").toString()));
        return CommandLineRun.of(all);
    }

    @Test
    void theListIsPaged() throws IOException {
        for (int i = 0; i < 5; i++) {
            connected("bob");
        }
        List<String> ids = new ArrayList<>();
        String after = "";
        int pages = 0;
        do {
            Answer page = admin.get("/api/v1/connections?username=bob&limit=2&after=" + after);
            page.body().path("items").forEach(item -> ids.add(item.path("id").asText()));
            after = page.body().path("next").asText("");
            pages++;
        } while (!after.isEmpty());

        assertThat(pages).isGreaterThanOrEqualTo(3);
        assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(5);
        assertThat(admin.get("/api/v1/connections?after=x").status()).isEqualTo(400);
    }
}
