/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateways are killed while they write, and the cluster of their resources is stopped and started: all agree again, on all that was said. */
class KafkaStoreRestartIT {

    @TempDir
    private Path folder;

    private int kafkaPort;
    private EmbeddedKafkaCluster kafka;

    @BeforeEach
    void startCluster() throws IOException {
        kafkaPort = FreePorts.take(1);
        kafka = cluster();
    }

    @AfterEach
    void stopCluster() {
        kafka.close();
    }

    private EmbeddedKafkaCluster cluster() {
        return EmbeddedKafkaCluster.builder()
                .nodeIds(1)
                .clientPort(1, kafkaPort)
                .dataFolder(folder)
                .build()
                .start();
    }

    private TestGateway.Builder description(int adminPort) {
        return TestGateway.inFrontOf("127.0.0.1:1")
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .plugin(TestGateway.jarOf("plugins/store-kafka"))
                .authentication("[{type: plain, cost: 4}]")
                .extra("""
                        administration: [{type: http, port: %d}]
                        resources: {store: kafka, config: {properties: {bootstrap.servers: "%s"}}}
                        """.formatted(adminPort, kafka.bootstrapServers()));
    }

    /** Members of each group. */
    private static Map<String, String> groups(AdminClient admin) {
        Map<String, String> all = new TreeMap<>();
        for (JsonNode item : admin.get("/api/v1/Group?limit=1000").body().path("items")) {
            all.put(item.at("/metadata/name").asText(), item.at("/spec/members").toString());
        }
        return all;
    }

    @Test
    @Tag("full")
    void aGatewayThatIsKilledWhileItWritesAndStartedAgainHasWhatTheOthersHave() throws Exception {
        kill(1);
    }

    @Test
    @Tag("full")
    void soHasOneThatIsKilledFiveTimes() throws Exception {
        kill(5);
    }

    private void kill(int times) throws Exception {
        int writerPort = FreePorts.take(1);
        int otherPort = FreePorts.take(1);
        try (GatewayProcess writer = GatewayProcess.start(description(writerPort), "INFO", Map.of());
                TestGateway other = description(otherPort).start()) {
            AdminClient writing = AdminClient.of(writerPort, writer.home());
            AdminClient reading = AdminClient.of(otherPort, other.home());
            Map<String, String> answered = new HashMap<>();
            for (int round = 0; round < times; round++) {
                String prefix = "g" + round + "-";
                CompletableFuture<Void> writes = CompletableFuture.runAsync(() -> {
                    for (int i = 0; ; i++) {
                        writing.put("Group", prefix + i, "{members: [m" + i + "]}");
                        answered.put(prefix + i, "[\"m" + i + "\"]");
                    }
                });
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() ->
                                reading.get("/api/v1/Group/" + prefix + "2").status() == 200);
                writer.kill();
                assertThat(writes).failsWithin(Duration.ofSeconds(10));

                writer.startAgain();

                // A connection to the process that is gone may be tried first.
                Awaitility.await()
                        .ignoreExceptions()
                        .atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> {
                            assertThat(groups(writing)).containsAllEntriesOf(answered);
                            assertThat(groups(reading)).isEqualTo(groups(writing));
                        });
                assertThat(reading.put("Group", "by-the-other", "{members: [m" + round + "]}")
                                .status())
                        .isIn(200, 201);
                answered.put("by-the-other", "[\"m" + round + "\"]");
            }
            assertThat(answered).hasSizeGreaterThan(2 * times);
        }
    }

    /** In the ordinary run {@link KafkaStoreOutageIT} cuts the network instead. */
    @Test
    @Tag("full")
    void withTheClusterStoppedAGatewaySaysSoAndOneThatStartsIsNotReadyUntilItIsStartedAgain() throws Exception {
        int port = FreePorts.take(1);
        int latePort = FreePorts.take(1);
        TestGateway.Builder late = description(latePort);
        try (TestGateway gateway = description(port).start()) {
            AdminClient admin = AdminClient.of(port, gateway.home());
            assertThat(admin.put("Account", "ann", "{password: ann}").status()).isEqualTo(201);

            kafka.close();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() ->
                            admin.get("/api/v1/problems").body().toString().contains("cannot be read at the moment"));
            assertThat(login(gateway.bootstrapPort())).isZero();
            assertThat(admin.put("Account", "bob", "{password: bob}").status()).isEqualTo(503);
            try (GatewayProcess waiting = GatewayProcess.begin(late, "INFO", Map.of())) {
                waiting.await("the gateway waits");
                assertThat(waiting.management("/health/ready").statusCode()).isEqualTo(503);
                assertThat(waiting.management("/health/ready").body())
                        .contains("\"resources\":\"resources.config: topic");
                assertThat(waiting.management("/health/live").statusCode()).isEqualTo(200);

                kafka = cluster();

                waiting.await("Gatehouse is started");
                assertThat(login(waiting.bootstrapPort())).isZero();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> admin.put("Account", "ann", "{password: ann, enabled: true}")
                                        .status()
                                < 300);
                assertThat(admin.get("/api/v1/problems").body().path("items")).isEmpty();
            }
        }
    }

    private static short login(int port) throws IOException {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", port)) {
            return client.saslPlain("ann", "ann").errorCode();
        }
    }
}
