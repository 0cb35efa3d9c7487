/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that are not Kafka's own, as processes: librdkafka (kcat), kafka-python and kafkajs produce, and consume as a
 * group, anonymously and, as far as they can, with SASL/PLAIN. The gateway is behind a relay that looks for addresses of brokers.
 *
 * <p>A tool that is not there fails the test where {@code CI=true}, and elsewhere skips it. kafkajs is looked for in
 * {@code $GATEHOUSE_KAFKAJS/node_modules}.
 */
@Tag("full")
class ForeignClientsIT {

    private static final int RECORDS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static @Nullable Door anonymous;
    private static @Nullable Door sasl;
    private static @Nullable Door namespace;

    @TempDir
    private Path folder;

    private enum Listener {
        ANONYMOUS,
        SASL_PLAIN,
        /** The same in a namespace: clients see no prefix. */
        NAMESPACE
    }

    /** A gateway and the relay in front of it. */
    private record Door(RecordingRelay relay, TestGateway gateway) implements AutoCloseable {

        static Door open(EmbeddedKafkaCluster cluster, TestGateway.Builder builder) {
            RecordingRelay relay = RecordingRelay.listen(TestGateway.PORTS);
            cluster.nodeIds()
                    .forEach(nodeId -> relay.forbid(
                            "localhost", cluster.brokerAddress(nodeId).getPort()));
            TestGateway gateway = builder.advertisedPort(relay.firstPort()).start();
            relay.relayTo(gateway.bootstrapPort());
            return new Door(relay, gateway);
        }

        @Override
        public void close() {
            relay.close();
            gateway.close();
        }
    }

    @BeforeAll
    static void startGateways() {
        anonymous = Door.open(
                kafka.cluster(), TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous());
        sasl = Door.open(
                kafka.cluster(), TestGateway.inFrontOf(kafka.bootstrapServers()).accounts("alice"));
        namespace = Door.open(
                kafka.cluster(),
                TestGateway.inFrontOf(kafka.bootstrapServers())
                        .accounts("alice")
                        .route("{virtualCluster: foreign}")
                        .plugin(TestGateway.jarOf("plugins/namespace"))
                        .resource("namespace.yaml", """
                                {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: foreign}, spec: {cluster: local}}
                                ---
                                apiVersion: gatehouse/v1
                                kind: Interceptor
                                metadata: {name: namespace-foreign}
                                spec:
                                  type: namespace
                                  priority: 9000
                                  scope: {virtualCluster: foreign}
                                  config: {prefix: foreign.}
                                """));
    }

    @AfterAll
    static void stopGateways() {
        anonymous.close();
        sasl.close();
        namespace.close();
    }

    @ParameterizedTest
    @EnumSource
    void librdkafka(Listener listener) throws Exception {
        requireCommand("kcat", "-V");
        for (String compression : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            String topic = topic("librdkafka-" + compression, listener);
            List<String> common =
                    new ArrayList<>(List.of("kcat", "-b", bootstrap(listener), "-X", "broker.address.family=v4"));
            if (listener != Listener.ANONYMOUS) {
                common.addAll(List.of("-X", "security.protocol=SASL_PLAINTEXT", "-X", "sasl.mechanisms=PLAIN"));
                common.addAll(List.of("-X", "sasl.username=alice", "-X", "sasl.password=alice"));
            }

            try (ClientProcess producer = ClientProcess.start(
                    folder, with(common, "-P", "-t", topic, "-z", compression, "-X", "enable.idempotence=true"))) {
                producer.input(String.join("\n", values())).succeed(PATIENCE);
            }
            String read = run(
                    listener,
                    with(
                            common,
                            "-X",
                            "auto.offset.reset=earliest",
                            "-q",
                            "-c",
                            Integer.toString(RECORDS),
                            "-G",
                            topic,
                            topic));

            assertThat(read.lines().filter(line -> line.startsWith("value")))
                    .containsExactlyInAnyOrderElementsOf(values());
        }
        assertNoAddressWasLearnt(listener);
    }

    @Test
    void kafkaPython() throws Exception {
        requireCommand("/usr/bin/python3", "-c", "import kafka");
        String topic = topic("kafka-python", Listener.ANONYMOUS);

        String read = run(Listener.ANONYMOUS, python(Listener.ANONYMOUS, topic));

        assertThat(read.lines().filter(line -> line.startsWith("value"))).containsExactlyInAnyOrderElementsOf(values());
        assertNoAddressWasLearnt(Listener.ANONYMOUS);
    }

    /** Up to 2.0 kafka-python knows only version 0 of SaslHandshake, which is refused; it has to find out at once. */
    @Test
    void kafkaPythonOfTheOldHandshakeIsRefusedAndDoesNotHang() throws Exception {
        requireCommand("/usr/bin/python3", "-c", "import kafka, sys; sys.exit(kafka.__version__ >= '2.1')");
        String topic = topic("kafka-python", Listener.SASL_PLAIN);

        try (ClientProcess client = ClientProcess.start(folder, python(Listener.SASL_PLAIN, topic))) {
            assertThat(client.endsWithin(Duration.ofSeconds(20))).isTrue();
            assertThat(client.exitValue()).isEqualTo(1);
            assertThat(client.output()).contains("NoBrokersAvailable");
        }
    }

    @ParameterizedTest
    @EnumSource
    void kafkajs(Listener listener) throws Exception {
        String home = System.getenv("GATEHOUSE_KAFKAJS");
        require(
                home != null && Files.isDirectory(Path.of(home, "node_modules", "kafkajs")),
                "GATEHOUSE_KAFKAJS: " + home + " (expected: a folder with node_modules/kafkajs)");
        String topic = topic("kafkajs", listener);
        Path script = script("client.js");

        String read = run(listener, with(List.of("node", script.toString(), home), arguments(listener, topic)));

        assertThat(read.lines().filter(line -> line.startsWith("value"))).containsExactlyInAnyOrderElementsOf(values());
        assertNoAddressWasLearnt(listener);
    }

    private List<String> python(Listener listener, String topic) throws IOException {
        return with(List.of("/usr/bin/python3", script("client.py").toString()), arguments(listener, topic));
    }

    private static String[] arguments(Listener listener, String topic) {
        return new String[] {
            bootstrap(listener), topic, Integer.toString(RECORDS), listener == Listener.ANONYMOUS ? "" : "alice"
        };
    }

    /** Runs a client to its end, looking at its sockets meanwhile. */
    private String run(Listener listener, List<String> command) throws InterruptedException {
        try (ClientProcess client = ClientProcess.start(folder, command)) {
            while (client.isRunning()) {
                assertThat(client.remotePorts())
                        .allMatch(port -> door(listener).relay().hasPort(port));
                if (client.endsWithin(Duration.ofMillis(50))) {
                    break;
                }
            }
            return client.succeed(PATIENCE);
        }
    }

    private Path script(String name) throws IOException {
        Path script = folder.resolve(name);
        try (var resource = ForeignClientsIT.class.getResourceAsStream("/clients/" + name)) {
            Files.copy(resource, script);
        }
        return script;
    }

    private static void assertNoAddressWasLearnt(Listener listener) {
        assertThat(door(listener).relay().accepted()).isPositive();
        assertThat(door(listener).relay().sightings()).isEmpty();
    }

    private static String topic(String client, Listener listener) {
        String topic = "foreign-" + client + "-" + listener;
        kafka.cluster().createTopic(listener == Listener.NAMESPACE ? "foreign." + topic : topic, 3, 3);
        return topic;
    }

    private static Door door(Listener listener) {
        return switch (listener) {
            case ANONYMOUS -> anonymous;
            case SASL_PLAIN -> sasl;
            case NAMESPACE -> namespace;
        };
    }

    private static String bootstrap(Listener listener) {
        return "localhost:" + door(listener).relay().firstPort();
    }

    private static List<String> values() {
        return IntStream.range(0, RECORDS).mapToObj(number -> "value" + number).toList();
    }

    private static List<String> with(List<String> command, String... more) {
        return Stream.concat(command.stream(), Stream.of(more)).toList();
    }

    private void requireCommand(String... command) throws InterruptedException {
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
