/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that are not Kafka's own, over TLS: librdkafka (confluent-kafka) and kafkajs with OAUTHBEARER, kcat and kafkajs with a certificate. Tools that are not
 * there: as {@link ForeignClientsIT} says.
 */
@Tag("full")
class ForeignClientSecurityIT {

    private static final int RECORDS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestIdentityProvider provider;
    private static TestCertificates authority;
    private static Path alice;
    private static TestGateway tokens;
    private static TestGateway certificates;

    @BeforeAll
    static void start() {
        provider = new TestIdentityProvider();
        authority = TestCertificates.in(folder, "foreign-authority");
        alice = authority.keyStore("foreign-alice", "CN=alice", "");
        Path server = authority.keyStore("foreign-server", "CN=gateway", "dns:localhost,ip:127.0.0.1");
        tokens = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                .authentication("[{type: oauth, jwksUrl: \"" + provider.jwksUrl() + "\", issuer: \"" + provider.issuer()
                        + "\", audiences: [" + TestIdentityProvider.AUDIENCE + "]}]")
                .tls(tls(server, "none"))
                .start();
        certificates = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-mtls"))
                .authentication("[{type: mtls}]")
                .tls(tls(server, "required"))
                .start();
    }

    private static String tls(Path server, String clientAuth) {
        Map<String, Object> properties = new HashMap<>(authority.trusting());
        properties.putAll(TestCertificates.showing(server));
        properties.put("ssl.client.auth", clientAuth);
        return properties.entrySet().stream()
                .map(property -> property.getKey() + ": \"" + property.getValue() + "\"")
                .collect(Collectors.joining(", ", "{", "}"));
    }

    @AfterAll
    static void stop() {
        tokens.close();
        certificates.close();
        provider.close();
    }

    @Test
    void librdkafkaWithTokens() throws Exception {
        requireCommand("/usr/bin/python3", "-c", "import confluent_kafka");

        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", script("token.py")));
        command.addAll(arguments("librdkafka"));

        assertPrintsTheValues(command);
    }

    @Test
    void librdkafkaWithACertificate() throws Exception {
        List<String> kcat = kcat(
                certificates,
                "security.protocol=SSL",
                "ssl.keystore.location=" + alice,
                "ssl.keystore.password=" + TestCertificates.PASSWORD);

        assertThat(producedAndConsumed(kcat)).containsExactlyElementsOf(values());
    }

    @Test
    void kafkajsWithTokens() throws Exception {
        List<String> command = new ArrayList<>(List.of("node", script("token.js"), kafkajs()));
        command.addAll(arguments("kafkajs"));

        assertPrintsTheValues(command);
    }

    @Test
    void kafkajsWithACertificate() throws Exception {
        assertPrintsTheValues(List.of(
                "node",
                script("certificate.js"),
                kafkajs(),
                certificates.bootstrapServers(),
                topic("kafkajs"),
                Integer.toString(RECORDS),
                authority.pem().toString(),
                alice.toString(),
                TestCertificates.PASSWORD));
    }

    private static String kafkajs() throws InterruptedException {
        requireCommand("node", "-v");
        String home = System.getenv("GATEHOUSE_KAFKAJS");
        require(
                home != null && Files.isDirectory(Path.of(home, "node_modules", "kafkajs")),
                "GATEHOUSE_KAFKAJS: " + home + " (expected: a folder with node_modules/kafkajs)");
        return home;
    }

    private static List<String> arguments(String client) {
        return List.of(
                tokens.bootstrapServers(),
                topic(client),
                Integer.toString(RECORDS),
                authority.pem().toString(),
                provider.issuer() + "/token",
                "billing");
    }

    private static void assertPrintsTheValues(List<String> command) throws InterruptedException {
        try (ClientProcess client = ClientProcess.start(folder, command)) {
            assertThat(client.succeed(PATIENCE).lines().filter(line -> line.startsWith("value")))
                    .containsExactlyElementsOf(values());
        }
    }

    private static String script(String name) throws IOException {
        Path script = folder.resolve(name);
        try (var resource = ForeignClientSecurityIT.class.getResourceAsStream("/clients/" + name)) {
            Files.copy(resource, script);
        }
        return script.toString();
    }

    private static List<String> kcat(TestGateway gateway, String... properties) throws InterruptedException {
        requireCommand("kcat", "-V");
        List<String> command = new ArrayList<>(List.of("kcat", "-b", gateway.bootstrapServers()));
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("broker.address.family=v4");
        all.add("ssl.ca.location=" + authority.pem());
        all.forEach(property -> command.addAll(List.of("-X", property)));
        return command;
    }

    private static List<String> producedAndConsumed(List<String> kcat) throws InterruptedException {
        String topic = topic("kcat");
        List<String> produce = new ArrayList<>(kcat);
        produce.addAll(List.of("-P", "-t", topic));
        try (ClientProcess producer = ClientProcess.start(folder, produce)) {
            producer.input(String.join("\n", values())).succeed(PATIENCE);
        }
        List<String> consume = new ArrayList<>(kcat);
        consume.addAll(List.of("-C", "-q", "-e", "-o", "beginning", "-t", topic));
        try (ClientProcess consumer = ClientProcess.start(folder, consume)) {
            return consumer.succeed(PATIENCE)
                    .lines()
                    .filter(line -> line.startsWith("value"))
                    .toList();
        }
    }

    private static String topic(String client) {
        String topic = "foreign-security-" + client + "-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 1, 3);
        return topic;
    }

    private static List<String> values() {
        return IntStream.range(0, RECORDS).mapToObj(number -> "value" + number).toList();
    }

    private static void requireCommand(String... command) throws InterruptedException {
        boolean works;
        try (ClientProcess process = ClientProcess.start(folder, List.of(command))) {
            works = process.endsWithin(PATIENCE) && process.exitValue() == 0;
        } catch (java.io.UncheckedIOException missing) {
            works = false;
        }
        require(works, String.join(" ", command) + ": does not run (expected: the tool to be installed)");
    }

    private static void require(boolean present, String message) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(present).as(message).isTrue();
        }
        assumeTrue(present, message);
    }
}
