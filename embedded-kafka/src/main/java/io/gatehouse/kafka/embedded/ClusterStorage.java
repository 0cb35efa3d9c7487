/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kafka.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * The folders of a cluster, one per node, formatted by Kafka's own formatter.
 *
 * <p>A folder that is formatted already keeps its cluster id and its data. Not thread-safe.
 */
final class ClusterStorage implements AutoCloseable {

    private final Path folder;
    private final boolean temporary;
    private final String clusterId;

    private ClusterStorage(Path folder, boolean temporary, String clusterId) {
        this.folder = folder;
        this.temporary = temporary;
        this.clusterId = clusterId;
    }

    /** @param folder where the data stays; null is a temporary folder, which {@link #close} deletes. */
    static ClusterStorage open(@Nullable Path folder, int controllerId) {
        try {
            if (folder == null) {
                Path temporary = Files.createTempDirectory("gatehouse-kafka-");
                return new ClusterStorage(temporary, true, Uuid.randomUuid().toString());
            }
            Files.createDirectories(folder);
            String clusterId = new MetaPropertiesEnsemble.Loader()
                    .addMetadataLogDir(nodeFolder(folder, controllerId).toString())
                    .load()
                    .clusterId()
                    .orElseGet(() -> Uuid.randomUuid().toString());
            return new ClusterStorage(folder, false, clusterId);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    String clusterId() {
        return clusterId;
    }

    Path nodeFolder(int nodeId) {
        return nodeFolder(folder, nodeId);
    }

    void formatController(int nodeId, int port, List<String> scramArguments) {
        String voter = "%d@%s:%d:%s".formatted(nodeId, KafkaNode.HOST, port, Uuid.randomUuid());
        format(formatter(nodeId)
                .setInitialControllers(DynamicVoters.parse(voter))
                .setScramArguments(scramArguments));
    }

    void formatBroker(int nodeId) {
        format(formatter(nodeId));
    }

    @Override
    public void close() {
        if (!temporary) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Formatter formatter(int nodeId) {
        String directory = nodeFolder(nodeId).toString();
        return new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setClusterId(clusterId)
                .setNodeId(nodeId)
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setControllerListenerName(KafkaNode.CONTROLLER_LISTENER)
                .setDirectories(List.of(directory))
                .setMetadataLogDirectory(directory)
                .setHasDynamicQuorum(true)
                .setIgnoreFormatted(true);
    }

    private static void format(Formatter formatter) {
        try {
            formatter.run();
        } catch (Exception failure) {
            throw new IllegalStateException("storage of the embedded cluster: not formatted", failure);
        }
    }

    private static Path nodeFolder(Path folder, int nodeId) {
        return folder.resolve("node-" + nodeId);
    }
}
