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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that are not Kafka's own, as processes, log in to accounts with each mechanism that accounts have, with and without TLS: kcat and
 * confluent-kafka (both librdkafka) and kafkajs. The right password lets in; a wrong one is refused at once and ends the client with an error.
 *
 * <p>A tool that is not there fails the test where {@code CI=true}, and elsewhere skips it. kafkajs is looked for in
 * {@code $GATEHOUSE_KAFKAJS/node_modules}.
 */
@Tag("full")
class ForeignClientLoginsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    private static Path certificates;

    private static final Map<Protocol, TestGateway> GATEWAYS = new EnumMap<>(Protocol.class);
    private static Path authority;
    private static String topic;

    @TempDir
    private Path folder;

    private enum Protocol {
        SASL_PLAINTEXT,
        SASL_SSL
    }

    private enum Tool {
        KCAT,
        CONFLUENT_KAFKA,
        KAFKAJS
    }

    static Stream<Arguments> toolsAndMechanisms() {
        return Stream.of(Tool.values())
                .flatMap(tool -> MECHANISMS.stream()
                        .flatMap(mechanism ->
                                Stream.of(Protocol.values()).map(protocol -> Arguments.of(tool, mechanism, protocol))));
    }

    @BeforeAll
    static void start() {
        topic = "foreign-logins-" + System.nanoTime();
        kafka.cluster().createTopic(topic, 1, 1);
        TestCertificates issuing = TestCertificates.in(certificates, "logins-authority");
        authority = issuing.pem();
        String tls = TestCertificates.showing(
                        issuing.keyStore("logins-server", "CN=gateway", "dns:localhost,ip:127.0.0.1"))
                .entrySet()
                .stream()
                .map(property -> property.getKey() + ": \"" + property.getValue() + "\"")
                .collect(Collectors.joining(", ", "{", "}"));
        GATEWAYS.put(Protocol.SASL_PLAINTEXT, gateway("{}"));
        GATEWAYS.put(Protocol.SASL_SSL, gateway(tls));
    }

    private static TestGateway gateway(String tls) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-plain"))
                .authentication("[{type: plain, cost: 4, mechanisms: " + MECHANISMS
                        + ", scramSaltSecret: the same on all gateways and listeners}]")
                .tls(tls)
                .resource("alice.yaml", """
                        apiVersion: gatehouse/v1
                        kind: Account
                        metadata: {name: alice}
                        spec: {password: "alice's secret"}
                        """)
                .start();
    }

    @AfterAll
    static void stop() {
        GATEWAYS.values().forEach(TestGateway::close);
    }

    @ParameterizedTest(name = "{0} with {1} by {2}")
    @MethodSource("toolsAndMechanisms")
    void theRightPasswordLetsInAndAWrongOneIsRefused(Tool tool, String mechanism, Protocol protocol) throws Exception {
        requireInstalled(tool);
        TestGateway gateway = GATEWAYS.get(protocol);

        try (ClientProcess right = ClientProcess.start(folder, command(tool, mechanism, protocol, "alice's secret"))) {
            assertThat(right.succeed(PATIENCE)).contains(topic);
        }
        double refused = RawRequests.metric(gateway, "gatehouse_authentications_total", "outcome=\"failure\"");
        try (ClientProcess wrong = ClientProcess.start(folder, command(tool, mechanism, protocol, "wrong"))) {
            assertThat(wrong.endsWithin(PATIENCE)).isTrue();
            assertThat(wrong.exitValue()).as(wrong.output()).isNotZero();
            assertThat(wrong.output()).containsIgnoringCase("authentication failed");
        }
        assertThat(RawRequests.metric(gateway, "gatehouse_authentications_total", "outcome=\"failure\""))
                .isGreaterThan(refused);
    }

    private List<String> command(Tool tool, String mechanism, Protocol protocol, String password) throws IOException {
        String bootstrap = GATEWAYS.get(protocol).bootstrapServers();
        String trusted = protocol == Protocol.SASL_SSL ? authority.toString() : "";
        return switch (tool) {
            case KCAT -> {
                List<String> properties = new ArrayList<>(List.of(
                        "broker.address.family=v4",
                        "security.protocol=" + protocol,
                        "sasl.mechanisms=" + mechanism,
                        "sasl.username=alice",
                        "sasl.password=" + password));
                if (!trusted.isEmpty()) {
                    properties.add("ssl.ca.location=" + trusted);
                }
                List<String> command = new ArrayList<>(List.of("kcat", "-L", "-b", bootstrap));
                properties.forEach(property -> command.addAll(List.of("-X", property)));
                yield command;
            }
            case CONFLUENT_KAFKA ->
                List.of(
                        "/usr/bin/python3",
                        script("login.py").toString(),
                        bootstrap,
                        mechanism,
                        "alice",
                        password,
                        trusted);
            case KAFKAJS ->
                List.of(
                        "node",
                        script("login.js").toString(),
                        home(),
                        bootstrap,
                        mechanism,
                        "alice",
                        password,
                        trusted);
        };
    }

    private Path script(String name) throws IOException {
        Path script = folder.resolve(name);
        if (!Files.exists(script)) {
            try (var resource = ForeignClientLoginsIT.class.getResourceAsStream("/clients/" + name)) {
                Files.copy(resource, script);
            }
        }
        return script;
    }

    private static String home() {
        return String.valueOf(System.getenv("GATEHOUSE_KAFKAJS"));
    }

    private void requireInstalled(Tool tool) throws InterruptedException {
        List<String> command =
                switch (tool) {
                    case KCAT -> List.of("kcat", "-V");
                    case CONFLUENT_KAFKA -> List.of("/usr/bin/python3", "-c", "import confluent_kafka");
                    case KAFKAJS -> List.of("node", "-e", "require('" + home() + "/node_modules/kafkajs')");
                };
        boolean works;
        try (ClientProcess process = ClientProcess.start(folder, command)) {
            works = process.endsWithin(PATIENCE) && process.exitValue() == 0;
        } catch (java.io.UncheckedIOException missing) {
            works = false;
        }
        String message = String.join(" ", command) + ": does not run (expected: the tool to be installed)";
        if ("true".equals(System.getenv("CI"))) {
            assertThat(works).as(message).isTrue();
        }
        assumeTrue(works, message);
    }
}
