/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** Requests as raw clients of these tests send them, and the metrics of a gateway. */
final class RawRequests {

    static final short FETCH_VERSION = 12;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private RawRequests() {}

    static RawKafkaClient connect(TestGateway gateway) throws IOException {
        return RawKafkaClient.connect("localhost", gateway.bootstrapPort());
    }

    static RawKafkaClient connect(TestGateway gateway, int nodeId) throws IOException {
        return RawKafkaClient.connect("localhost", gateway.portOf(nodeId));
    }

    static ListTransactionsRequestData command(CommandInterceptorFactory.Command command, long millis, int number) {
        return new ListTransactionsRequestData()
                .setStateFilters(List.of(command.name(), Long.toString(millis), "number " + number));
    }

    static ProduceRequestData produce(
            String topic, Uuid topicId, int acks, @Nullable String transactionalId, byte[]... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(values[i]);
        }
        return produce(topic, topicId, acks, transactionalId, MemoryRecords.withRecords(Compression.NONE, records));
    }

    static ProduceRequestData produce(
            String topic, Uuid topicId, int acks, @Nullable String transactionalId, MemoryRecords records) {
        ProduceRequestData request = new ProduceRequestData()
                .setAcks((short) acks)
                .setTimeoutMs(10_000)
                .setTransactionalId(transactionalId);
        ProduceRequestData.TopicProduceData data =
                new ProduceRequestData.TopicProduceData().setName(topic).setTopicId(topicId);
        data.partitionData()
                .add(new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records));
        request.topicData().add(data);
        return request;
    }

    /** A Fetch request of version {@value #FETCH_VERSION}, without a session, for partition 0. */
    static FetchRequestData fetch(String topic, long offset, int maxBytes, int maxWaitMillis) {
        return new FetchRequestData()
                .setMaxWaitMs(maxWaitMillis)
                .setMinBytes(1)
                .setMaxBytes(maxBytes)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(maxBytes)))));
    }

    static byte[] frame(ApiKeys api, int version, org.apache.kafka.common.protocol.ApiMessage body, int correlationId) {
        return RawKafkaClient.frame(api, version, body, correlationId, "raw");
    }

    static byte[] joined(List<byte[]> frames) {
        ByteBuffer all = ByteBuffer.allocate(
                frames.stream().mapToInt(frame -> frame.length).sum());
        frames.forEach(all::put);
        return all.array();
    }

    /** The sum of all samples of a metric whose line contains the label text; 0 when there is none. */
    static double metric(TestGateway gateway, String name, String label) {
        return metrics(gateway)
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    static String metrics(TestGateway gateway) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + gateway.gatehouse().managementPort() + "/metrics");
            return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
