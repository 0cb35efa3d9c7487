/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.kafka.junit.KafkaExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code explain} says that acl decides, of generated users, bindings and policies, is what befalls Kafka's own clients. */
class ExplainDecisionsIT {

    private static final int USERS = 20;
    private static final long SEED = System.nanoTime();
    private static final List<String> OPERATIONS = List.of(
            "READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "ALL");

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static final String RUN = "x" + UUID.randomUUID().toString().substring(0, 6);
    private static final List<String> TOPICS = List.of(RUN + "-orders", RUN + "-orders-eu", RUN + "-audit");

    private static TestGateway gateway;
    private static AdminClient admin;

    @BeforeAll
    static void start() throws Exception {
        int port = FreePorts.take(1);
        for (String topic : TOPICS) {
            kafka.cluster().createTopic(topic, 1, 1);
        }
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .plugin(TestGateway.jarOf("plugins/acl"))
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
        List<String> documents = new ArrayList<>(List.of(AdminClient.document(
                "Interceptor",
                "acl",
                "{type: acl, priority: 500, scope: {all: true}, config: {superUsers: [\"User:u0\"]}}")));
        for (int i = 0; i < USERS; i++) {
            documents.add(AdminClient.document("Account", "u" + i, "{password: u" + i + "}"));
            documents.add(AdminClient.document(
                    "UserMapping", "m" + i, "{principal: u" + i + ", groups: [g" + random.nextInt(3) + "]}"));
        }
        for (int i = 0; i < USERS * 4; i++) {
            boolean group = random.nextInt(3) == 0;
            documents.add(AdminClient.document(
                    "AclBinding",
                    "b" + i,
                    "{virtualCluster: passthrough, principal: \""
                            + (group ? "Group:g" + random.nextInt(3) : "User:u" + random.nextInt(USERS))
                            + "\", operation: " + OPERATIONS.get(random.nextInt(OPERATIONS.size()))
                            + ", permissionType: " + (random.nextInt(5) == 0 ? "DENY" : "ALLOW")
                            + (random.nextInt(6) == 0 ? ", host: \"10.9.8.7\"" : "")
                            + resource(random)
                            + "}"));
        }
        documents.add(AdminClient.document("VirtualCluster", "guarded", "{cluster: local}"));
        documents.add(AdminClient.document("Account", "tenant", "{password: tenant, virtualCluster: guarded}"));
        documents.add(
                AdminClient.document(
                        "AclPolicy",
                        "own",
                        "{virtualCluster: passthrough, rules: [{action: allow, operations: [READ, WRITE], resourceType: TOPIC, names: [\""
                                + RUN
                                + "-${user.username}\"]}, {action: deny, operations: [DELETE], resourceType: TOPIC, names: [\"*-eu\"]}]}"));
        return String.join("\n---\n", documents);
    }

    private static String resource(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> ", resourceType: TOPIC, resourceName: \"*\"";
            case 1 -> ", resourceType: GROUP, resourceName: " + RUN + ", patternType: PREFIXED";
            case 2 -> ", resourceType: CLUSTER, resourceName: kafka-cluster";
            case 3 -> ", resourceType: TOPIC, resourceName: " + RUN + "-orders, patternType: PREFIXED";
            default -> ", resourceType: TOPIC, resourceName: " + TOPICS.get(random.nextInt(TOPICS.size()));
        };
    }

    /** What a client does, and the requests that it makes for it. */
    private record Attempt(List<String> apis, String resource, Future<?> outcome) {}

    @Test
    void itSaysWhatBefallsKafkasOwnClients() throws Exception {
        int denied = 0;
        int allowed = 0;
        for (int i = 0; i < USERS; i++) {
            String user = "u" + i;
            try (Admin client = Admin.create(Clients.as(gateway.bootstrapServers(), user));
                    KafkaProducer<String, String> producer = Clients.producer(producer(user))) {
                for (Attempt attempt : attempts(client, producer)) {
                    List<String> opinions = attempt.apis().stream()
                            .map(api -> opinion(user, api, attempt.resource()))
                            .toList();
                    boolean refused = isRefused(attempt);

                    assertThat(refused)
                            .as("seed %d, %s %s: %s", SEED, user, attempt, opinions)
                            .isEqualTo(opinions.stream().anyMatch(opinion -> opinion.startsWith("DENIED")));
                    denied += refused ? 1 : 0;
                    allowed += refused ? 0 : 1;
                }
            }
        }

        assertThat(denied).isGreaterThan(20);
        assertThat(allowed).isGreaterThan(20);
    }

    @Test
    void whatActsOnTheWholeClusterIsDeniedByTheGatewayItself() throws Exception {
        JsonNode explanation = admin.get("/api/v1/explain?principal=tenant&api=DescribeClientQuotas&resource=cluster")
                .body();

        assertThat(explanation.path("gateway").asText())
                .startsWith("DENIED: DescribeClientQuotas acts on the whole cluster");
        try (Admin client = Admin.create(Clients.as(gateway.bootstrapServers(), "tenant"))) {
            assertThatThrownBy(() -> client.describeClientQuotas(ClientQuotaFilter.all())
                            .entities()
                            .get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ApiException.class);
        }
        assertThat(admin.get("/api/v1/explain?principal=tenant&api=Produce")
                        .body()
                        .has("gateway"))
                .isFalse();
    }

    @Test
    void aQuestionThatWouldNotBeAnsweredIsRefused() {
        for (String query : List.of(
                "principal=u1&resource=topic%3Aa",
                "principal=u1&username=u1",
                "connection=1&principal=u1",
                "principal=u1&api=Prodce",
                "principal=u1&api=Produce&resource=tpic%3Aa",
                "principal=u1&api=Produce&address=localhost",
                "username=nobody-has-it-and-no-account",
                "principl=u1")) {
            int status = admin.get("/api/v1/explain?" + query).status();
            assertThat(status).as(query).isIn(query.contains("nobody") ? List.of(200) : List.of(400));
        }
    }

    private static Map<String, Object> producer(String user) {
        Map<String, Object> config = Clients.as(gateway.bootstrapServers(), user);
        config.put("enable.idempotence", false);
        config.put("max.block.ms", 20_000);
        return config;
    }

    private static List<Attempt> attempts(Admin client, KafkaProducer<String, String> producer) {
        List<Attempt> attempts = new ArrayList<>();
        for (String topic : TOPICS) {
            String resource = "topic:" + topic;
            TopicPartition partition = new TopicPartition(topic, 0);
            attempts.add(new Attempt(
                    List.of("Metadata", "Produce"), resource, producer.send(new ProducerRecord<>(topic, "x"))));
            attempts.add(new Attempt(
                    List.of("DescribeTopicPartitions"),
                    resource,
                    client.describeTopics(List.of(topic))
                            .allTopicNames()
                            .toCompletionStage()
                            .toCompletableFuture()));
            attempts.add(new Attempt(
                    List.of("Metadata", "DeleteRecords"),
                    resource,
                    client.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(0)))
                            .all()));
            attempts.add(new Attempt(
                    List.of("DESCRIBE_CONFIGS"),
                    resource,
                    client.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.TOPIC, topic)))
                            .all()));
            attempts.add(new Attempt(
                    List.of("CreatePartitions"),
                    resource,
                    client.createPartitions(
                                    Map.of(topic, NewPartitions.increaseTo(2)),
                                    new CreatePartitionsOptions().validateOnly(true))
                            .all()));
        }
        attempts.add(new Attempt(
                List.of("CreateTopics"),
                "topic:" + RUN + "-orders-new",
                client.createTopics(
                                List.of(new NewTopic(RUN + "-orders-new", 1, (short) 1)),
                                new CreateTopicsOptions().validateOnly(true))
                        .all()));
        attempts.add(new Attempt(
                List.of("FindCoordinator", "OffsetFetch"),
                "group:" + RUN + "-group",
                client.listConsumerGroupOffsets(RUN + "-group").all()));
        attempts.add(new Attempt(
                List.of("DescribeClientQuotas"),
                "cluster",
                client.describeClientQuotas(ClientQuotaFilter.all()).entities()));
        return attempts;
    }

    private static boolean isRefused(Attempt attempt) throws Exception {
        try {
            attempt.outcome().get(30, TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof AuthorizationException;
        }
    }

    private static String opinion(String user, String api, String resource) {
        JsonNode explanation = admin.get("/api/v1/explain?username=" + user + "&address=127.0.0.1&api=" + api
                        + "&resource=" + resource.replace(":", "%3A"))
                .body();
        for (JsonNode interceptor : explanation.path("interceptors")) {
            if (interceptor.path("type").asText().equals("acl")) {
                return interceptor.path("opinion").asText();
            }
        }
        throw new AssertionError(explanation);
    }
}
