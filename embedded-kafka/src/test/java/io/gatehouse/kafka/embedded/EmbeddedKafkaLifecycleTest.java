/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import static io.gatehouse.kafka.embedded.KafkaClients.PATIENCE;
import static io.gatehouse.kafka.embedded.KafkaClients.consume;
import static io.gatehouse.kafka.embedded.KafkaClients.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaLifecycleTest {

    @Test
    void aSingleBrokerServesAndLeavesNoThreadAndNoFolder() throws Exception {
        Set<String> foldersBefore = temporaryFolders();
        // What a thread of this group starts belongs to it too.
        ThreadGroup group = new ThreadGroup("single-broker");
        FutureTask<List<String>> roundTrip = new FutureTask<>(EmbeddedKafkaLifecycleTest::roundTripOnASingleBroker);

        new Thread(group, roundTrip).start();

        assertThat(roundTrip.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).containsExactly("there", "and back");
        assertThat(temporaryFolders()).isEqualTo(foldersBefore);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(namesOfThreads(group))
                        // Kafka's metrics library has two for the whole JVM, daemons.
                        .allMatch(name -> name.startsWith("metrics-meter-tick-thread")));
    }

    @Test
    void brokersWithSparseIdsAreJoinedByAnother() throws Exception {
        try (EmbeddedKafkaCluster cluster =
                EmbeddedKafkaCluster.builder().nodeIds(0, 12).build().start()) {
            cluster.addBroker(5);

            assertThat(cluster.nodeIds()).containsExactly(0, 5, 12);
            assertThat(cluster.admin().describeCluster().nodes().get()).hasSize(3);
            assertThatThrownBy(() -> cluster.addBroker(12)).hasMessageStartingWith("node id: 12 (expected: ");
            assertThatThrownBy(() -> cluster.brokerAddress(7)).hasMessage("broker: 7 (expected: one of [0, 5, 12])");
        }
    }

    @Test
    void aClusterFindsItsDataAgain(@TempDir Path folder) throws Exception {
        String clusterId;
        try (EmbeddedKafkaCluster cluster =
                EmbeddedKafkaCluster.builder().dataFolder(folder).build().start()) {
            clusterId = cluster.clusterId();
            cluster.createTopic("kept", 1, 1);
            produce(cluster.bootstrapServers(), Map.of(), "kept", "value");
        }

        try (EmbeddedKafkaCluster again =
                EmbeddedKafkaCluster.builder().dataFolder(folder).build().start()) {
            assertThat(again.clusterId()).isEqualTo(clusterId);
            assertThat(consume(again.bootstrapServers(), Map.of(), "kept", 1)).containsExactly("value");
        }
    }

    @Test
    void clientsAuthenticateWithPlainOrScram() throws Exception {
        try (EmbeddedKafkaCluster cluster = EmbeddedKafkaCluster.builder()
                .saslPlain(Map.of("alice", "alice-secret"))
                .saslScram(Map.of("bob", "bob-secret"))
                .build()
                .start()) {
            cluster.createTopic("secured", 1, 1);
            Map<String, Object> bob = Map.of(
                    "security.protocol",
                    "SASL_PLAINTEXT",
                    "sasl.mechanism",
                    "SCRAM-SHA-256",
                    "sasl.jaas.config",
                    ScramLoginModule.class.getName() + " required username=\"bob\" password=\"bob-secret\";");

            produce(cluster.bootstrapServers(), bob, "secured", "from bob");

            assertThat(consume(cluster.bootstrapServers(), bob, "secured", 1)).containsExactly("from bob");
            assertThat(saslPlain(cluster.brokerAddress(1), "alice", "alice-secret"))
                    .isEqualTo(Errors.NONE);
            assertThat(saslPlain(cluster.brokerAddress(1), "alice", "wrong"))
                    .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        Set<String> foldersBefore = temporaryFolders();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() ->
                            EmbeddedKafkaCluster.builder().clientPort(1, port).build())
                    .hasMessage("port: " + port + " (expected: a free port on loopback)");
        }
        assertThat(temporaryFolders()).isEqualTo(foldersBefore);
    }

    @Test
    void aPropertyThatMakesTheClusterOneIsRefused() {
        EmbeddedKafkaBuilder builder = EmbeddedKafkaCluster.builder();

        assertThatThrownBy(() -> builder.property("node.id", "7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("property: node.id (expected: none of [");
    }

    private static Errors saslPlain(InetSocketAddress address, String user, String password) throws IOException {
        try (RawKafkaClient client = RawKafkaClient.connect(address.getHostString(), address.getPort())) {
            SaslAuthenticateResponseData response = client.saslPlain(user, password);
            return Errors.forCode(response.errorCode());
        }
    }

    private static List<String> roundTripOnASingleBroker() throws Exception {
        try (EmbeddedKafkaCluster cluster =
                EmbeddedKafkaCluster.builder().build().start()) {
            cluster.createTopic("round-trip", 1, 1);
            produce(cluster.bootstrapServers(), Map.of(), "round-trip", "there", "and back");
            return consume(cluster.bootstrapServers(), Map.of(), "round-trip", 2);
        }
    }

    private static List<String> namesOfThreads(ThreadGroup group) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() == group)
                .map(Thread::getName)
                .toList();
    }

    private static Set<String> temporaryFolders() throws IOException {
        try (Stream<Path> paths = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("gatehouse-kafka-"))
                    .collect(Collectors.toSet());
        }
    }
}
