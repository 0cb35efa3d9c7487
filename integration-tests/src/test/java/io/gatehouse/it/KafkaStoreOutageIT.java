/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a gateway does while the cluster of its resources is away, and with a topic that would lose them. */
class KafkaStoreOutageIT {

    private static EmbeddedKafkaCluster cluster;
    private static CuttableRelay relay;

    @BeforeAll
    static void start() throws IOException {
        int broker = FreePorts.take(1);
        int relayed = FreePorts.take(1);
        cluster = EmbeddedKafkaCluster.builder()
                .brokers(1)
                .proxyListener("STORE", broker, relayed)
                .build()
                .start();
        relay = new CuttableRelay(relayed, broker);
    }

    @BeforeEach
    void restore() throws IOException {
        relay.restore();
    }

    @AfterAll
    static void stop() {
        relay.cut();
        cluster.close();
    }

    private static TestGateway.Builder description(String topic, int port) {
        return TestGateway.inFrontOf("127.0.0.1:1")
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .plugin(TestGateway.jarOf("plugins/store-kafka"))
                .authentication("[{type: plain, cost: 4}]")
                .extra("""
                        administration: [{type: http, port: %d}]
                        resources: {store: kafka, config: {topic: %s, properties: {bootstrap.servers: "localhost:%d"}}}
                        """.formatted(port, topic, relay.port()));
    }

    private static short login(TestGateway gateway, String user) throws IOException {
        try (var client = RawRequests.connect(gateway)) {
            return client.saslPlain(user, user).errorCode();
        }
    }

    @Test
    void withoutItsStoreAGatewayGoesOnWithWhatItKnowsAndOneThatStartsWaits() throws Exception {
        int port = FreePorts.take(1);
        try (TestGateway gateway = description("outage", port).start()) {
            AdminClient admin = AdminClient.of(port, gateway.home());
            admin.put("Account", "ann", "{password: ann}");
            assertThat(login(gateway, "ann")).isZero();

            relay.cut();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() ->
                            admin.get("/api/v1/problems").body().toString().contains("cannot be read at the moment"));
            assertThat(login(gateway, "ann")).isZero();
            CompletableFuture<Integer> refused = CompletableFuture.supplyAsync(
                    () -> admin.put("Account", "bob", "{password: bob}").status());
            int latePort = FreePorts.take(1);
            CompletableFuture<TestGateway> late;
            try (CapturedLog log = CapturedLog.warningsOf("io.gatehouse.kernel.ResourceSource")) {
                late = CompletableFuture.supplyAsync(
                        () -> description("outage", latePort).start());
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> log.lines().stream().anyMatch(line -> line.contains("the gateway waits")));
            }
            assertThat(refused.get(60, TimeUnit.SECONDS)).isEqualTo(503);
            assertThat(late)
                    .as("a gateway without its resources lets nobody in")
                    .isNotDone();

            relay.restore();
            try (TestGateway started = late.get(60, TimeUnit.SECONDS)) {
                assertThat(login(started, "ann")).isZero();
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> admin.put("Account", "bob", "{password: bob}").status() == 201);
            assertThat(login(gateway, "bob")).isZero();
            assertThat(admin.get("/api/v1/problems").body().path("items")).isEmpty();
        }
    }

    @Test
    void aTopicThatWouldLoseResourcesIsRefused() throws Exception {
        cluster.admin()
                .createTopics(List.of(
                        new NewTopic("deleting", Optional.of(1), Optional.empty())
                                .configs(Map.of("cleanup.policy", "delete")),
                        new NewTopic("many", Optional.of(3), Optional.empty())
                                .configs(Map.of("cleanup.policy", "compact"))))
                .all()
                .get();

        for (String topic : List.of("deleting", "many")) {
            assertThatThrownBy(() -> description(topic, FreePorts.take(1)).start())
                    .hasMessageContaining("topic " + topic)
                    .hasMessageContaining("expected: ");
        }
    }
}
