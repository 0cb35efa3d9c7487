/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.AdminClient.Answer;
import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three gateways that share their resources in a topic. */
class KafkaStoreIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static final List<TestGateway> gateways = new ArrayList<>();
    private static final List<AdminClient> admins = new ArrayList<>();
    private static final String topic = "resources-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws IOException {
        for (int i = 0; i < 3; i++) {
            int port = FreePorts.take(1);
            TestGateway gateway = description(topic, port).start();
            gateways.add(gateway);
            admins.add(AdminClient.of(port, gateway.home()));
        }
    }

    @AfterAll
    static void stop() {
        gateways.forEach(TestGateway::close);
        gateways.clear();
        admins.clear();
    }

    private static TestGateway.Builder description(String topic, int port) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .plugin(TestGateway.jarOf("plugins/store-kafka"))
                .authentication("[{type: plain, cost: 4}]")
                .extra("""
                        administration: [{type: http, port: %d}]
                        resources:
                          store: kafka
                          config: {topic: %s, properties: {bootstrap.servers: "%s"}}
                        """.formatted(port, topic, kafka.bootstrapServers()));
    }

    /** Name and version of each, with the document. */
    private static Map<String, String> all(AdminClient admin, String kind) {
        Map<String, String> all = new TreeMap<>();
        for (JsonNode item : admin.get("/api/v1/" + kind + "?limit=1000").body().path("items")) {
            all.put(item.at("/metadata/name").asText(), item.toString());
        }
        return all;
    }

    @Test
    void aUserThatIsMadeOnOneGatewayLogsInOnAnotherWithinASecond() throws Exception {
        for (int round = 0; round < 2; round++) {
            String user = "shared-" + UUID.randomUUID();
            admins.get(0).put("VirtualCluster", "team-a", "{cluster: local}");
            Answer created = admins.get(0).put("Account", user, "{password: " + user + ", virtualCluster: team-a}");
            long answered = System.nanoTime();
            assertThat(created.status()).isEqualTo(201);

            Awaitility.await()
                    .pollInterval(Duration.ofMillis(10))
                    .atMost(Duration.ofSeconds(1))
                    .until(() -> {
                        try (var client = RawRequests.connect(gateways.get(1))) {
                            return client.saslPlain(user, user).errorCode() == 0;
                        }
                    });
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answered);
            assertThat(millis).isLessThan(1_000);
        }
    }

    @Test
    void ofConcurrentConditionalWritesOneWinsEachRoundAndAllAreEqualInTheEnd() throws Exception {
        race("contended", 10);
    }

    @Test
    @Tag("full")
    void ofConcurrentConditionalWritesOneWinsInEachOfAHundredRounds() throws Exception {
        race("contended-long", 100);
    }

    private static void race(String name, int rounds) throws Exception {
        admins.get(0).put("Group", name, "{members: [start]}");
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < rounds; round++) {
                String etag = latest(name);
                CyclicBarrier together = new CyclicBarrier(3);
                List<Callable<Integer>> writes = new ArrayList<>();
                for (int gateway = 0; gateway < 3; gateway++) {
                    String spec = "{members: [round-" + round + "-gateway-" + gateway + "]}";
                    AdminClient admin = admins.get(gateway).with("If-Match", etag);
                    writes.add(() -> {
                        together.await();
                        return admin.put("Group", name, spec).status();
                    });
                }
                List<Integer> statuses = new ArrayList<>();
                for (Future<Integer> status : threads.invokeAll(writes)) {
                    statuses.add(status.get());
                }
                assertThat(statuses).as("round %d", round).containsExactlyInAnyOrder(200, 412, 412);
            }
        } finally {
            threads.shutdownNow();
        }
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThat(all(admins.get(1), "Group")).isEqualTo(all(admins.get(0), "Group"));
            assertThat(all(admins.get(2), "Group")).isEqualTo(all(admins.get(0), "Group"));
        });
    }

    /** The ETag once all three agree on it. */
    private static String latest(String name) {
        return Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(5))
                .until(
                        () -> {
                            List<String> tags = new ArrayList<>();
                            for (AdminClient admin : admins) {
                                Answer answer = admin.get("/api/v1/Group/" + name);
                                tags.add(answer.status() == 200 ? answer.etag() : "none");
                            }
                            return tags.stream().distinct().count() == 1 ? tags.get(0) : "none";
                        },
                        tag -> !tag.equals("none"));
    }

    @Test
    void aGatewayThatComesLaterHasAllThatWasWrittenBefore() throws IOException {
        admins.get(2).put("Group", "before", "{members: [a]}");
        admins.get(1).put("Group", "gone", "{members: [a]}");
        admins.get(1).delete("/api/v1/Group/gone");
        int port = FreePorts.take(1);

        try (TestGateway late = description(topic, port).start()) {
            Map<String, String> groups = all(AdminClient.of(port, late.home()), "Group");

            assertThat(groups).containsKey("before").doesNotContainKey("gone");
        }
    }
}
