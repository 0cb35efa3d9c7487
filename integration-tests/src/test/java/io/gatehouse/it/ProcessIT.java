/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The gateway as a process, before clusters that are not there and with secrets. */
class ProcessIT {

    @Test
    void aClusterThatIsNotThereYetIsNoReasonNotToStart() throws Exception {
        int port = freePort();
        try (GatewayProcess gateway =
                GatewayProcess.start(TestGateway.inFrontOf("127.0.0.1:" + port).anonymous(), "INFO", Map.of())) {
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(gateway.management("/health/ready").body())
                                    .contains("127.0.0.1:" + port));
            assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(503);
            assertThat(gateway.management("/health/live").statusCode()).isEqualTo(200);

            try (EmbeddedKafkaCluster cluster =
                    EmbeddedKafkaCluster.builder().clientPort(1, port).build().start()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> gateway.management("/health/ready").statusCode() == 200);

                try (Admin admin = Admin.create(Map.of("bootstrap.servers", gateway.bootstrapServers()))) {
                    assertThat(admin.describeCluster().clusterId().get(30, TimeUnit.SECONDS))
                            .isEqualTo(cluster.clusterId());
                }
            }
            assertThat(gateway.output().lines().filter(line -> line.startsWith("WARN") || line.startsWith("ERROR")))
                    .as(gateway.output())
                    .filteredOn(line -> line.contains("cluster local"))
                    .first()
                    .asString()
                    .contains("127.0.0.1:" + port);
            assertThat(gateway.output()).doesNotContain("\tat ");
        }
    }

    @Test
    void secretsReachNoLogWhateverItsLevel() throws Exception {
        try (EmbeddedKafkaCluster cluster = EmbeddedKafkaCluster.builder()
                .saslPlain(Map.of("gateway", "broker-sEcret-1"))
                .build()
                .start()) {
            TestGateway.Builder description = TestGateway.inFrontOf(cluster.bootstrapServers())
                    .accounts("alice")
                    .clusterProperties(", security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, sasl.jaas.config: "
                            + "'org.apache.kafka.common.security.plain.PlainLoginModule required"
                            + " username=\"gateway\" password=\"${env:BROKER_PASSWORD}\";'")
                    .resource("secret.yaml", """
                            apiVersion: gatehouse/v1
                            kind: Account
                            metadata: {name: carol}
                            spec: {password: account-sEcret-2}
                            ---
                            apiVersion: gatehouse/v1
                            kind: Account
                            metadata: {name: dave}
                            spec: {password: account-sEcret-3}
                            """);
            try (GatewayProcess gateway =
                    GatewayProcess.start(description, "TRACE", Map.of("BROKER_PASSWORD", "broker-sEcret-1"))) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .untilAsserted(() -> {
                            try (RawKafkaClient carol = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
                                assertThat(carol.saslPlain("carol", "account-sEcret-2")
                                                .errorCode())
                                        .isZero();
                                MetadataResponseData metadata =
                                        carol.exchange(ApiKeys.METADATA, 9, new MetadataRequestData(), 1, "raw");
                                assertThat(metadata.brokers()).hasSize(1);
                            }
                        });
                try (RawKafkaClient dave = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
                    assertThat(dave.saslPlain("dave", "wrong-sEcret-4").errorCode())
                            .isNotZero();
                }
                try (RawKafkaClient stranger = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
                    assertThat(stranger.saslPlain("stranger", "wrong-sEcret-5").errorCode())
                            .isNotZero();
                }
                gateway.management("/metrics");
                gateway.stop();

                assertThat(gateway.output()).contains("TRACE", "carol", "dave").doesNotContain("sEcret");
            }
        }
    }

    @Test
    void aProcessThatIsStoppedLeavesNoPortAndNoFile() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(
                TestGateway.inFrontOf("127.0.0.1:" + freePort()).accounts("alice"), "INFO", Map.of())) {
            gateway.stop();

            assertThatThrownBy(() -> RawKafkaClient.connect("localhost", gateway.bootstrapPort()))
                    .isInstanceOf(java.io.IOException.class);
            assertThat(gateway.home().resolve("data/plugins")).isEmptyDirectory();
            assertThat(gateway.output()).contains("Gatehouse is stopped");
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
