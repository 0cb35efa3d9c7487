/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.ResponseContext;
import io.gatehouse.spi.records.FetchedBatch;
import io.gatehouse.spi.records.FetchedRecordsHandler;
import io.gatehouse.spi.records.InterceptedRecord;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.ShareFetchableTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Shows the records of Fetch and ShareFetch responses to a handler. What a share consumer has acquired stays acquired: it acknowledges
 * offsets without a record as gaps, which ends their delivery.
 */
final class FetchedRecords {

    /** What cannot be named cannot be judged; the client asks for metadata and comes again. */
    private static final short UNKNOWN = Errors.UNKNOWN_TOPIC_ID.code();

    private FetchedRecords() {}

    /** The topic ids of a response without names. */
    static Collection<Uuid> topicIds(FetchResponseData response) {
        return response.responses().stream()
                .map(FetchableTopicResponse::topicId)
                .filter(id -> !id.equals(Uuid.ZERO_UUID))
                .toList();
    }

    /** The topic ids of a response, which has no names. */
    static Collection<Uuid> topicIds(ShareFetchResponseData response) {
        return response.responses().stream()
                .map(ShareFetchableTopicResponse::topicId)
                .toList();
    }

    static Decision handle(FetchResponseData response, ResponseContext context, FetchedRecordsHandler handler) {
        boolean changed = false;
        try {
            for (FetchableTopicResponse topic : response.responses()) {
                String name = ProducedRecords.nameOf(topic.topic(), topic.topicId(), context);
                for (FetchResponseData.PartitionData partition : topic.partitions()) {
                    if (name == null) {
                        partition.setErrorCode(UNKNOWN).setRecords(MemoryRecords.EMPTY);
                        changed = true;
                        continue;
                    }
                    MemoryRecords result =
                            edit(name, partition.partitionIndex(), partition.records(), context, handler);
                    if (result != null) {
                        partition.setRecords(result);
                        changed = true;
                    }
                }
            }
        } catch (UnreadableRecordsException e) {
            return Decision.close(e.getMessage());
        }
        return changed ? Decision.forward(response) : Decision.forward();
    }

    static Decision handle(ShareFetchResponseData response, ResponseContext context, FetchedRecordsHandler handler) {
        boolean changed = false;
        try {
            for (ShareFetchableTopicResponse topic : response.responses()) {
                String name = ProducedRecords.nameOf(null, topic.topicId(), context);
                for (ShareFetchResponseData.PartitionData partition : topic.partitions()) {
                    if (name == null) {
                        partition.setErrorCode(UNKNOWN).setRecords(MemoryRecords.EMPTY);
                        partition.setAcquiredRecords(List.of());
                        changed = true;
                        continue;
                    }
                    MemoryRecords result =
                            edit(name, partition.partitionIndex(), partition.records(), context, handler);
                    if (result != null) {
                        partition.setRecords(result);
                        changed = true;
                    }
                }
            }
        } catch (UnreadableRecordsException e) {
            return Decision.close(e.getMessage());
        }
        return changed ? Decision.forward(response) : Decision.forward();
    }

    private static @Nullable MemoryRecords edit(
            String topic,
            int partition,
            @Nullable BaseRecords records,
            ResponseContext context,
            FetchedRecordsHandler handler) {
        if (!(records instanceof MemoryRecords memory) || memory.sizeInBytes() == 0) {
            return null;
        }
        Batch batch = new Batch(topic, partition, memory);
        handler.handle(batch, new Whose(context));
        return batch.result();
    }

    private static final class Batch extends EditableRecords implements FetchedBatch {

        private Batch(String topic, int partition, MemoryRecords records) {
            super(topic, partition, records);
        }

        @Override
        public void drop(InterceptedRecord record) {
            ((EditableRecord) record).drop();
        }
    }
}
