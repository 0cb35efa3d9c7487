/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** Records of tests in Kafka's messages, and back. */
final class RecordMessages {

    /** The last versions that name topics. */
    static final short PRODUCE_VERSION = 12;

    static final short FETCH_VERSION = 12;

    private static final long PRODUCER_ID = 1_000;

    private Compression compression = Compression.NONE;
    private boolean idempotent;
    private int sequence;

    void compression(Compression value) {
        compression = value;
    }

    void idempotent() {
        idempotent = true;
    }

    ProduceRequestData produce(String topic, int partition, List<TestRecord> records) {
        List<TestRecord> numbered = new ArrayList<>();
        for (TestRecord record : records) {
            numbered.add(record.at(numbered.size()));
        }
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        request.topicData()
                .add(new TopicProduceData()
                        .setName(topic)
                        .setPartitionData(new ArrayList<>(List.of(new PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(batch(numbered, idempotent))))));
        sequence += records.size();
        return request;
    }

    /** What a broker would have got, or the client's answer. */
    RecordsOutcome produced(Outcome outcome, List<TestRecord> before) {
        if (outcome.kind() == Outcome.Kind.FORWARDED) {
            ProduceRequestData request = outcome.message(ProduceRequestData.class);
            return RecordsOutcome.forwarded(read(
                    request.topicData().iterator().next().partitionData().get(0).records(), before));
        }
        if (outcome.kind() != Outcome.Kind.RESPONDED) {
            return RecordsOutcome.of(outcome);
        }
        PartitionProduceResponse response = outcome.message(ProduceResponseData.class)
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
        if (response.errorCode() == Errors.NONE.code()) {
            return RecordsOutcome.answered();
        }
        return RecordsOutcome.refused(
                Errors.forCode(response.errorCode()),
                String.valueOf(response.errorMessage()),
                response.recordErrors().isEmpty()
                        ? -1
                        : response.recordErrors().get(0).batchIndex());
    }

    static FetchRequestData fetch(String topic, int partition) {
        return new FetchRequestData()
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartition(partition)))));
    }

    FetchResponseData fetchResponse(String topic, int partition, List<TestRecord> records) {
        FetchResponseData.PartitionData data = new FetchResponseData.PartitionData()
                .setPartitionIndex(partition)
                .setRecords(batch(records, false));
        return new FetchResponseData()
                .setResponses(new ArrayList<>(List.of(new FetchResponseData.FetchableTopicResponse()
                        .setTopic(topic)
                        .setPartitions(new ArrayList<>(List.of(data))))));
    }

    RecordsOutcome fetched(Outcome outcome, List<TestRecord> before) {
        if (outcome.kind() != Outcome.Kind.FORWARDED) {
            return RecordsOutcome.of(outcome);
        }
        return RecordsOutcome.forwarded(read(
                outcome.message(FetchResponseData.class)
                        .responses()
                        .get(0)
                        .partitions()
                        .get(0)
                        .records(),
                before));
    }

    private MemoryRecords batch(List<TestRecord> records, boolean ofAProducer) {
        ByteBuffer buffer = ByteBuffer.allocate(1024);
        long base = records.isEmpty() ? 0 : records.get(0).offset();
        MemoryRecordsBuilder builder = ofAProducer
                ? MemoryRecords.builder(
                        buffer,
                        RecordBatch.CURRENT_MAGIC_VALUE,
                        compression,
                        TimestampType.CREATE_TIME,
                        base,
                        RecordBatch.NO_TIMESTAMP,
                        PRODUCER_ID,
                        (short) 0,
                        sequence)
                : MemoryRecords.builder(buffer, compression, TimestampType.CREATE_TIME, base);
        try (builder) {
            for (TestRecord record : records) {
                builder.appendWithOffset(
                        record.offset(),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers().toArray(Header[]::new));
            }
            return builder.build();
        }
    }

    /** Marks those that are not among what was sent. */
    private static List<TestRecord> read(@Nullable BaseRecords records, List<TestRecord> before) {
        List<TestRecord> read = new ArrayList<>();
        List<TestRecord> originals = new ArrayList<>(before);
        if (records instanceof MemoryRecords memory) {
            for (RecordBatch batch : memory.batches()) {
                for (Record record : batch) {
                    TestRecord found = TestRecord.of(record);
                    boolean unchanged = originals.removeIf(found::hasContentOf);
                    read.add(unchanged ? found : found.markChanged());
                }
            }
        }
        return read;
    }
}
