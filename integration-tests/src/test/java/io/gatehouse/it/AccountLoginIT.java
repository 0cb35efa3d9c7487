/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.scram.internals.ScramCredentialUtils;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's Java clients log in to accounts with PLAIN and SCRAM; conformance lines 37 and 40. */
class AccountLoginIT {

    private static final Path PAGE =
            Path.of(System.getProperty("gatehouse.root", "..")).resolve("docs/authentication.md");
    private static final Pattern CLIENT =
            Pattern.compile("```properties\\n(.*?(?:Plain|Scram)LoginModule.*?)```", Pattern.DOTALL);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    private static Path secrets;

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        Path carols = Files.writeString(secrets.resolve("carol"), "carol's secret\n");
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .authentication("[{type: plain, cost: 4, mechanisms: [PLAIN, SCRAM-SHA-256, SCRAM-SHA-512],"
                        + " scramSaltSecret: the same on all gateways and listeners}]")
                .resource("accounts.yaml", """
                        apiVersion: gatehouse/v1
                        kind: Account
                        metadata: {name: alice}
                        spec: {password: "alice's secret"}
                        ---
                        apiVersion: gatehouse/v1
                        kind: Account
                        metadata: {name: bob}
                        spec:
                          scram: {SCRAM-SHA-256: "%s"}
                        ---
                        apiVersion: gatehouse/v1
                        kind: Account
                        metadata: {name: carol}
                        spec: {password: "${file:%s}"}
                        ---
                        apiVersion: gatehouse/v1
                        kind: Account
                        metadata: {name: dave}
                        spec: {password: "dave's secret", enabled: false}
                        """.formatted(verifier("bob's secret"), carols))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String verifier(String password) throws Exception {
        return ScramCredentialUtils.credentialToString(
                new ScramFormatter(ScramMechanism.SCRAM_SHA_256).generateCredential(password, 4096));
    }

    @ParameterizedTest(name = "{0} by {1}")
    @CsvSource({
        "alice, PLAIN",
        "alice, SCRAM-SHA-256",
        "alice, SCRAM-SHA-512",
        "bob, SCRAM-SHA-256",
        "carol, PLAIN",
        "carol, SCRAM-SHA-512"
    })
    void anAccountProducesAndConsumes(String name, String mechanism) throws Exception {
        String topic = "account-" + name + "-" + mechanism + "-" + System.nanoTime();
        kafka.cluster().createTopic(topic, 1, 3);
        Map<String, Object> client = client(mechanism, name, name + "'s secret");

        try (KafkaProducer<String, String> producer = Clients.producer(client)) {
            producer.send(new ProducerRecord<>(topic, "hello")).get(20, TimeUnit.SECONDS);
        }

        assertThat(Clients.readAll(client, topic))
                .singleElement()
                .satisfies(record -> assertThat(record.value()).isEqualTo("hello"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void whoeverFailsIsToldTheSame(String mechanism) {
        List<String> answers = List.of(
                refusal(client(mechanism, "alice", "wrong")),
                refusal(client(mechanism, "dave", "dave's secret")),
                refusal(client(mechanism, "mallory", "alice's secret")));

        assertThat(answers.get(0)).isNotBlank().doesNotContain("alice");
        assertThat(answers).containsOnly(answers.get(0));
    }

    private static String refusal(Map<String, Object> client) {
        Throwable failure = null;
        try (Admin admin = Admin.create(client)) {
            admin.describeCluster().nodes().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            failure = e.getCause();
        }
        assertThat(failure).isInstanceOf(SaslAuthenticationException.class);
        return failure.getMessage();
    }

    @Test
    void aMechanismThatTheAccountHasNoVerifierForIsRefused() {
        assertThat(refusal(client("SCRAM-SHA-512", "bob", "bob's secret")))
                .isEqualTo(refusal(client("SCRAM-SHA-512", "mallory", "bob's secret")));
    }

    @Test
    void aChangedPasswordCountsForEveryMechanism() throws Exception {
        String account = "apiVersion: gatehouse/v1\nkind: Account\nmetadata: {name: erin}\nspec: {password: \"%s\"}\n";
        gateway.writeResources("erin.yaml", account.formatted("old secret"));
        for (String password : List.of("old secret", "new secret")) {
            gateway.writeResources("erin.yaml", account.formatted(password));
            for (String mechanism : List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")) {
                org.awaitility.Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> admits(mechanism, password));
            }
        }

        assertThat(refusal(client("PLAIN", "erin", "old secret"))).isNotBlank();
        assertThat(refusal(client("SCRAM-SHA-512", "erin", "old secret"))).isNotBlank();
    }

    private static boolean admits(String mechanism, String password) throws Exception {
        try (Admin admin = Admin.create(client(mechanism, "erin", password))) {
            admin.describeCluster().nodes().get(20, TimeUnit.SECONDS);
            return true;
        } catch (java.util.concurrent.ExecutionException refused) {
            return false;
        }
    }

    static List<String> documentedClients() throws IOException {
        return CLIENT.matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("username=\"alice\""))
                .toList();
    }

    @Test
    void theDocumentationHasAClientForEachMechanism() throws IOException {
        assertThat(documentedClients()).hasSizeGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("documentedClients")
    void aClientOfTheDocumentationLogsIn(String properties) throws Exception {
        Properties client = new Properties();
        client.load(new StringReader(properties.replace("password=\"...\"", "password=\"alice's secret\"")));
        client.put("bootstrap.servers", gateway.bootstrapServers());

        try (Admin admin = Admin.create(client)) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(3);
        }
    }

    @Test
    void aMechanismThatIsNotConfiguredIsNotOffered() {
        try (TestGateway plainOnly = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice")
                .start()) {
            Map<String, Object> client = client("SCRAM-SHA-256", "alice", "alice");
            client.put("bootstrap.servers", plainOnly.bootstrapServers());

            assertThatThrownBy(() -> {
                        try (Admin admin = Admin.create(client)) {
                            admin.describeCluster().nodes().get(20, TimeUnit.SECONDS);
                        }
                    })
                    .hasCauseInstanceOf(KafkaException.class)
                    .hasMessageContaining("SCRAM-SHA-256")
                    .hasMessageContaining("PLAIN");
        }
    }

    private static Map<String, Object> client(String mechanism, String name, String password) {
        String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", gateway.bootstrapServers());
        client.put("security.protocol", "SASL_PLAINTEXT");
        client.put("sasl.mechanism", mechanism);
        client.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";"
                        .formatted(module, name, password));
        return client;
    }
}
