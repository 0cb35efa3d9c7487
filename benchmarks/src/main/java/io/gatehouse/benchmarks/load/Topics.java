/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.gatehouse.benchmarks.target.Target;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * The topics that workloads use, of one partition each.
 *
 * @param written is produced to; what is old is deleted soon
 * @param smallRecords holds some MiB of 1 KiB records
 * @param largeRecords holds some MiB of 100 KiB records
 */
public record Topics(Topic written, Topic smallRecords, Topic largeRecords) {

    /** More than one Fetch takes. */
    private static final int FILL_BYTES = 12 * 1024 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofMillis(50);

    /** A topic that was just created is not everywhere yet. */
    private static final Set<Errors> STILL_COMING =
            Set.of(Errors.UNKNOWN_TOPIC_ID, Errors.NOT_LEADER_OR_FOLLOWER, Errors.UNKNOWN_TOPIC_OR_PARTITION);

    /** Creates and fills them. */
    public static Topics create(String bootstrapServers) throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Topic written = create(admin, "bench-written", Map.of("retention.bytes", "268435456"));
            Topic small = create(admin, "bench-small", Map.of());
            Topic large = create(admin, "bench-large", Map.of());
            int port = Integer.parseInt(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
            fill(port, Frames.produce(written, Frames.SMALL_RECORD, Frames.SMALL_RECORDS_PER_BATCH, 1));
            fill(port, Frames.produce(small, Frames.SMALL_RECORD, Frames.SMALL_RECORDS_PER_BATCH, 1));
            fill(port, Frames.produce(large, Frames.LARGE_RECORD, Frames.LARGE_RECORDS_PER_BATCH, 1));
            return new Topics(written, small, large);
        } catch (ExecutionException e) {
            throw new IOException("topics cannot be created", e);
        }
    }

    /** As the clients of a target know them. */
    public Topics seenBy(Target target) {
        String prefix = target.hiddenPrefix();
        return new Topics(written.without(prefix), smallRecords.without(prefix), largeRecords.without(prefix));
    }

    private static Topic create(Admin admin, String name, Map<String, String> configs)
            throws InterruptedException, ExecutionException {
        return new Topic(
                admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(configs)))
                        .topicId(name)
                        .get(),
                name);
    }

    private static void fill(int port, byte[] frame) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (RawKafkaClient client = RawKafkaClient.connect("127.0.0.1", port)) {
            for (int bytes = 0; bytes < FILL_BYTES; bytes += frame.length) {
                Errors error = produce(client, frame);
                while (STILL_COMING.contains(error) && System.nanoTime() < deadline) {
                    Thread.sleep(RETRY.toMillis());
                    error = produce(client, frame);
                }
                if (error != Errors.NONE) {
                    throw new IOException("filling a topic: " + error + " (expected: NONE)");
                }
            }
        }
    }

    private static Errors produce(RawKafkaClient client, byte[] frame) throws IOException {
        client.send(frame);
        ProduceResponseData response = RawKafkaClient.parse(
                client.readFrame(), ApiKeys.PRODUCE, Frames.PRODUCE_VERSION, Frames.CORRELATION_ID);
        return Errors.forCode(response.responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0)
                .errorCode());
    }
}
