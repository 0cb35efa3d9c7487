/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Kafka's command line tools, as their scripts run them: the same main class, arguments and file of properties, a process for each. */
final class KafkaTools {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String PACKAGE = "org.apache.kafka.tools.";

    private static final Map<String, String> MAIN_CLASSES = Map.ofEntries(
            Map.entry("kafka-acls", "AclCommand"),
            Map.entry("kafka-broker-api-versions", "BrokerApiVersionsCommand"),
            Map.entry("kafka-client-metrics", "ClientMetricsCommand"),
            Map.entry("kafka-cluster", "ClusterTool"),
            Map.entry("kafka-configs", "ConfigCommand"),
            Map.entry("kafka-console-consumer", "consumer.ConsoleConsumer"),
            Map.entry("kafka-console-producer", "ConsoleProducer"),
            Map.entry("kafka-console-share-consumer", "consumer.ConsoleShareConsumer"),
            Map.entry("kafka-consumer-groups", "consumer.group.ConsumerGroupCommand"),
            Map.entry("kafka-consumer-perf-test", "ConsumerPerformance"),
            Map.entry("kafka-delegation-tokens", "DelegationTokenCommand"),
            Map.entry("kafka-delete-records", "DeleteRecordsCommand"),
            Map.entry("kafka-e2e-latency", "EndToEndLatency"),
            Map.entry("kafka-features", "FeatureCommand"),
            Map.entry("kafka-get-offsets", "GetOffsetShell"),
            Map.entry("kafka-groups", "GroupsCommand"),
            Map.entry("kafka-leader-election", "LeaderElectionCommand"),
            Map.entry("kafka-log-dirs", "LogDirsCommand"),
            Map.entry("kafka-metadata-quorum", "MetadataQuorumCommand"),
            Map.entry("kafka-producer-perf-test", "ProducerPerformance"),
            Map.entry("kafka-reassign-partitions", "reassign.ReassignPartitionsCommand"),
            Map.entry("kafka-share-consumer-perf-test", "ShareConsumerPerformance"),
            Map.entry("kafka-share-groups", "consumer.group.ShareGroupCommand"),
            Map.entry("kafka-streams-application-reset", "StreamsResetter"),
            Map.entry("kafka-streams-groups", "streams.StreamsGroupCommand"),
            Map.entry("kafka-topics", "TopicCommand"),
            Map.entry("kafka-transactions", "TransactionsCommand"),
            Map.entry("kafka-verifiable-consumer", "VerifiableConsumer"),
            Map.entry("kafka-verifiable-producer", "VerifiableProducer"),
            Map.entry("kafka-verifiable-share-consumer", "VerifiableShareConsumer"));

    private final Path folder;
    private final String bootstrapServers;
    private final Path properties;

    /**
     * Tools of a user.
     *
     * @param folder for files
     * @param client the user's properties, which all tools get as a file
     */
    KafkaTools(Path folder, Map<String, Object> client) {
        this.folder = folder;
        this.bootstrapServers = client.get("bootstrap.servers").toString();
        StringBuilder lines = new StringBuilder();
        client.forEach(
                (key, value) -> lines.append(key).append('=').append(value).append('\n'));
        this.properties = file("client.properties", lines.toString());
    }

    /** What a tool has printed, and how it ended. */
    record Outcome(int exitValue, String output) {}

    /** A file to be given to a tool. */
    Path file(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a tool, which must end well. */
    String run(String tool, String... arguments) throws InterruptedException {
        return run("", tool, arguments);
    }

    /** Runs a tool that reads its input. */
    String run(String input, String tool, List<String> arguments) throws InterruptedException {
        return run(input, tool, arguments.toArray(String[]::new));
    }

    private String run(String input, String tool, String[] arguments) throws InterruptedException {
        Outcome outcome = tryTo(input, tool, arguments);
        assertThat(outcome.exitValue())
                .as("%s %s: %s", tool, List.of(arguments), outcome.output())
                .isZero();
        return outcome.output();
    }

    /** Runs a tool, however it ends. */
    Outcome tryTo(String tool, String... arguments) throws InterruptedException {
        return tryTo("", tool, arguments);
    }

    private Outcome tryTo(String input, String tool, String[] arguments) throws InterruptedException {
        try (ClientProcess process = ClientProcess.start(folder, command(tool, arguments))) {
            process.input(input);
            assertThat(process.endsWithin(PATIENCE))
                    .as("%s %s ended; it printed: %s", tool, List.of(arguments), process.output())
                    .isTrue();
            return new Outcome(process.exitValue(), process.output());
        }
    }

    /** What starts a tool. */
    List<String> command(String tool, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PACKAGE + MAIN_CLASSES.get(tool)));
        List<String> connection =
                List.of("--bootstrap-server", bootstrapServers, "--command-config", properties.toString());
        // Its options belong to its commands.
        boolean commandFirst = tool.equals("kafka-cluster");
        if (!commandFirst) {
            command.addAll(connection);
        }
        command.addAll(List.of(arguments));
        if (commandFirst) {
            command.addAll(connection);
        }
        return command;
    }
}
