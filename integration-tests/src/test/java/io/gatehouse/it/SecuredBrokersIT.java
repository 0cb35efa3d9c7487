/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Brokers that nobody enters without credentials, behind clients that have others: those of the gateway. */
class SecuredBrokersIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    static final SecuredKafka kafka = new SecuredKafka();

    /** How the gateway authenticates, and how its clients do. */
    private record Way(String listener, Map<String, Object> gateway, List<String> clients) {
        @Override
        public String toString() {
            return clients + " behind " + listener + " " + gateway.getOrDefault("sasl.mechanism", "");
        }
    }

    static Stream<Way> ways() {
        Map<String, Object> tokens = new HashMap<>(kafka.provider().client("gateway", "gateway"));
        tokens.remove("security.protocol");
        List<String> both = List.of("PLAIN", "OAUTHBEARER");
        return Stream.of(
                new Way(SecuredKafka.MTLS, kafka.gatewayCertificate(), both),
                new Way(SecuredKafka.SECURE, SecuredKafka.credentials("SCRAM-SHA-512", "gateway"), both),
                new Way(SecuredKafka.SASL, SecuredKafka.credentials("SCRAM-SHA-256", "gateway"), List.of("PLAIN")),
                new Way(SecuredKafka.SASL, SecuredKafka.credentials("PLAIN", "gateway"), List.of("PLAIN")),
                new Way(SecuredKafka.SECURE, tokens, List.of("PLAIN")));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aClientsCredentialsAreForTheGatewayAndTheGatewaysForTheBroker(Way way) throws Exception {
        String topic = "secured-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 2, 2);
        try (TestGateway gateway =
                clientsOf(kafka.gateway(way.listener(), way.gateway())).start()) {
            for (String mechanism : way.clients()) {
                try (KafkaProducer<String, String> producer = Clients.producer(client(gateway, mechanism))) {
                    for (int i = 0; i < 20; i++) {
                        producer.send(new ProducerRecord<>(topic, "key" + i, mechanism));
                    }
                }
                assertThat(Clients.readAll(client(gateway, mechanism), topic))
                        .filteredOn(each -> each.value().equals(mechanism))
                        .hasSize(20);
            }
        }
    }

    static Stream<Arguments> whatIsWrong() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            Map<String, Object> scram = SecuredKafka.credentials("SCRAM-SHA-256", "gateway", "guess");
            Map<String, Object> plain = SecuredKafka.credentials("PLAIN", "gateway", "guess");
            return Stream.of(
                    new Arguments("a wrong password", kafka.gateway(SecuredKafka.SASL, scram), "credentials"),
                    new Arguments("a wrong PLAIN password", kafka.gateway(SecuredKafka.SECURE, plain), "credentials"),
                    new Arguments(
                            "another host's certificate",
                            kafka.gateway(SecuredKafka.MISNAMED, Map.of()),
                            "No subject alternative"),
                    new Arguments(
                            "no certificate of the gateway's",
                            kafka.gateway(SecuredKafka.MTLS, Map.of()),
                            "certificate"),
                    new Arguments(
                            "nobody there",
                            TestGateway.inFrontOf("localhost:" + socket.getLocalPort()),
                            "Connection refused"));
        }
    }

    /** Something that keeps the gateway away from its brokers. */
    private record Arguments(String what, TestGateway.Builder gateway, String said) {
        @Override
        public String toString() {
            return what;
        }
    }

    @ParameterizedTest
    @MethodSource("whatIsWrong")
    void whatKeepsTheGatewayFromTheBrokersIsOneLine(Arguments wrong) throws Exception {
        try (CapturedLog log = CapturedLog.warningsOf("io.gatehouse.kernel.broker");
                TestGateway gateway = clientsOf(wrong.gateway()).start()) {
            await().untilAsserted(() -> assertThat(log.lines()).isNotEmpty());

            assertThat(log.lines()).singleElement().asString().contains("cluster local", wrong.said());
            assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void theTrustStoreForTheBrokersIsReadAgainWhenItsFileChanges(@TempDir Path folder) throws Exception {
        Path trust = folder.resolve("trust.p12");
        Files.copy(TestCertificates.in(folder, "stranger").trustStore(), trust);
        Map<String, Object> properties = new HashMap<>(SecuredKafka.credentials("SCRAM-SHA-512", "gateway"));
        try (TestGateway gateway =
                clientsOf(kafka.gateway(SecuredKafka.SECURE, properties, trust)).start()) {
            await().untilAsserted(() ->
                    assertThat(gateway.management("/health/ready").body()).contains("PKIX path"));

            Path beside = Files.copy(kafka.authority().trustStore(), folder.resolve("beside"));
            Files.move(beside, trust, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(gateway.management("/health/ready").statusCode())
                                    .isEqualTo(200));
        }
    }

    @Test
    void clientsMayTryAgainWhileTheGatewayIsKeptFromTheBrokers() throws Exception {
        Map<String, Object> wrong = SecuredKafka.credentials("SCRAM-SHA-256", "gateway", "guess");
        try (TestGateway gateway =
                clientsOf(kafka.gateway(SecuredKafka.SASL, wrong)).start()) {
            Map<String, Object> config = client(gateway, "PLAIN");
            config.put("default.api.timeout.ms", 2_500);
            config.put("request.timeout.ms", 2_000);

            try (Admin admin = Admin.create(config)) {
                assertThatThrownBy(() -> admin.describeCluster().nodes().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("no authentication error, which would be fatal to an application that may try again")
                        .hasCauseInstanceOf(org.apache.kafka.common.errors.TimeoutException.class);
            }
        }
    }

    @Test
    void aMechanismThatTheBrokerDoesNotOfferIsSaidWithThoseThatItDoes() throws Exception {
        Map<String, Object> digest = Map.of(
                "sasl.mechanism",
                "CRAM-MD5",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=a password=b;");
        try (CapturedLog log = CapturedLog.warningsOf("io.gatehouse.kernel.broker");
                TestGateway gateway =
                        clientsOf(kafka.gateway(SecuredKafka.SASL, digest)).start()) {
            await().untilAsserted(() -> assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line).contains("CRAM-MD5", "SCRAM-SHA-512", "OAUTHBEARER")));
            assertThat(gateway.management("/health/ready").body()).contains("CRAM-MD5");
        }
    }

    /** With an account for PLAIN clients, and trust in the tokens of the provider. */
    private static TestGateway.Builder clientsOf(TestGateway.Builder builder) {
        return builder.accounts("carol")
                .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                .authentication("[{type: plain, cost: 4}, {type: oauth, principalPrefix: 'oauth:', jwksUrl: \""
                        + kafka.provider().jwksUrl() + "\", issuer: \""
                        + kafka.provider().issuer() + "\", audiences: [" + TestIdentityProvider.AUDIENCE + "]}]");
    }

    private static Map<String, Object> client(TestGateway gateway, String mechanism) {
        Map<String, Object> config = new HashMap<>();
        if (mechanism.equals("PLAIN")) {
            config.put("security.protocol", "SASL_PLAINTEXT");
            config.putAll(SecuredKafka.credentials("PLAIN", "carol", "carol"));
        } else {
            config.putAll(kafka.provider().client("dave", "dave"));
        }
        config.put("bootstrap.servers", gateway.bootstrapServers());
        return config;
    }
}
