/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.kafka.junit.KafkaExtension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What {@code explain} says of a hundred generated users agrees with what befalls them: whether they get in, as whom, and which
 * interceptors see their records in which order. Each interceptor adds a header, so a record that was produced shows its chain.
 */
class ExplainIT {

    private static final int USERS = 100;
    private static final int INTERCEPTORS = 24;
    private static final long SEED = System.nanoTime();

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;
    private static AdminClient admin;
    private static String topic;

    @BeforeAll
    static void start() throws Exception {
        int port = FreePorts.take(1);
        topic = "explain-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 1, 1);
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .plugin(TestGateway.jarOf("plugins/records"))
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .authentication("[{type: plain, cost: 4}]")
                .resource("generated.yaml", generated(new Random(SEED)))
                .extra("administration: [{type: http, port: " + port + "}]")
                .start();
        admin = AdminClient.of(port, gateway.home());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String generated(Random random) {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            documents.add(AdminClient.document("VirtualCluster", "vc" + i, "{cluster: local}"));
        }
        for (int i = 0; i < 5; i++) {
            documents.add(AdminClient.document(
                    "Group",
                    "g" + i,
                    "{members: [u" + random.nextInt(USERS) + ", alias" + random.nextInt(USERS) + ", u"
                            + random.nextInt(USERS) + "]}"));
        }
        for (int i = 0; i < USERS; i++) {
            String virtualCluster = random.nextInt(3) == 0 ? ", virtualCluster: vc" + random.nextInt(3) : "";
            String enabled = random.nextInt(12) == 0 ? ", enabled: false" : "";
            documents.add(
                    AdminClient.document("Account", "u" + i, "{password: u" + i + virtualCluster + enabled + "}"));
            if (random.nextBoolean()) {
                documents.add(AdminClient.document(
                        "UserMapping",
                        "m" + i,
                        "{principal: u" + i
                                + (random.nextBoolean() ? ", username: alias" + i : "")
                                + (random.nextBoolean() ? ", virtualCluster: vc" + random.nextInt(3) : "")
                                + (random.nextBoolean()
                                        ? ", groups: [g" + random.nextInt(5) + ", g" + random.nextInt(5) + "]"
                                        : "")
                                + (random.nextInt(8) == 0 ? ", deny: true" : "")
                                + "}"));
            }
        }
        for (int i = 0; i < INTERCEPTORS; i++) {
            documents.add(AdminClient.document(
                    "Interceptor",
                    "i" + i,
                    "{type: records, policy: p" + random.nextInt(5)
                            + ", priority: " + random.nextInt(4)
                            + ", enabled: " + (random.nextInt(6) > 0)
                            + ", final: " + (random.nextInt(10) == 0)
                            + ", scope: " + scope(random)
                            + ", config: {produce: [{setHeaders: {i" + i + ": \"'yes'\"}}]}}"));
        }
        return String.join("\n---\n", documents);
    }

    private static String scope(Random random) {
        String virtualCluster = "virtualCluster: vc" + random.nextInt(3);
        String username = "username: " + (random.nextBoolean() ? "u" : "alias") + random.nextInt(USERS);
        String group = "group: g" + random.nextInt(5);
        return switch (random.nextInt(6)) {
            case 0 -> "{all: true}";
            case 1 -> "{" + virtualCluster + "}";
            case 2 -> "{" + group + "}";
            case 3 -> "{" + username + "}";
            case 4 -> "{" + virtualCluster + ", " + group + "}";
            default -> "{" + virtualCluster + ", " + username + "}";
        };
    }

    @Test
    void itSaysWhatBefallsEachOfAHundredUsers() throws Exception {
        Map<String, JsonNode> explained = new HashMap<>();
        List<String> admitted = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            String principal = "u" + i;
            JsonNode explanation =
                    admin.get("/api/v1/explain?principal=" + principal).body();
            explained.put(principal, explanation);
            boolean gotIn = produce(principal, explanation);
            assertThat(gotIn)
                    .as("seed %d, %s: %s", SEED, principal, explanation)
                    .isEqualTo(!explanation.has("refusal"));
            if (gotIn) {
                admitted.add(principal);
            }
        }
        Map<String, List<String>> chains = chains();

        assertThat(admitted).as("some are refused and some are not").hasSizeBetween(30, USERS - 5);
        for (String principal : admitted) {
            List<String> expected = new ArrayList<>();
            explained.get(principal).path("interceptors").forEach(each -> {
                if (each.path("applies").asBoolean()) {
                    expected.add(each.path("name").asText());
                }
            });
            assertThat(chains.get(principal))
                    .as("seed %d, %s: %s", SEED, principal, explained.get(principal))
                    .isEqualTo(expected);
        }
        assertThat(chains.values().stream().filter(chain -> !chain.isEmpty()).count())
                .as("chains that are not empty")
                .isGreaterThan(20);
    }

    /** Whether the user gets in; compares who the connection says it is while it is open. */
    private static boolean produce(String principal, JsonNode explanation) throws InterruptedException {
        try (KafkaProducer<String, String> producer =
                Clients.producer(Clients.as(gateway.bootstrapServers(), principal))) {
            producer.send(new ProducerRecord<>(topic, principal, "x")).get(30, TimeUnit.SECONDS);
            JsonNode user = explanation.path("user");
            JsonNode connections = admin.get("/api/v1/connections?username="
                            + user.path("username").asText())
                    .body()
                    .path("items");
            assertThat(connections).as("%s: %s", principal, explanation).isNotEmpty();
            JsonNode byUsername = admin.get(
                            "/api/v1/explain?username=" + user.path("username").asText())
                    .body();
            assertThat(byUsername).isEqualTo(explanation);
            for (JsonNode connection : connections) {
                assertThat(connection.path("principal")).isEqualTo(user.path("principal"));
                assertThat(connection.path("virtualCluster")).isEqualTo(user.path("virtualCluster"));
                assertThat(texts(connection.path("groups"))).isEqualTo(texts(user.path("groups")));
                JsonNode live = admin.get("/api/v1/explain?connection="
                                + connection.path("id").asText())
                        .body();
                assertThat(live.path("interceptors")).isEqualTo(explanation.path("interceptors"));
            }
            return true;
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(SaslAuthenticationException.class);
            return false;
        } catch (TimeoutException e) {
            throw new AssertionError(principal, e);
        }
    }

    private static TreeSet<String> texts(JsonNode list) {
        TreeSet<String> texts = new TreeSet<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** By principal, the headers of its record. */
    private static Map<String, List<String>> chains() {
        Map<String, List<String>> chains = new HashMap<>();
        Clients.readAll(kafka.bootstrapServers(), topic)
                .forEach(record -> chains.put(
                        record.key(),
                        StreamSupport.stream(record.headers().spliterator(), false)
                                .map(header -> header.key())
                                .toList()));
        return chains;
    }
}
