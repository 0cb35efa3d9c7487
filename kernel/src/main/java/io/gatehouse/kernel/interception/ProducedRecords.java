/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.InterceptionContext;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.records.InterceptedRecord;
import io.gatehouse.spi.records.ProducedBatch;
import io.gatehouse.spi.records.ProducedRecordsHandler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Shows the records of a Produce request to a handler. What it rejects, and what nothing is left of, is taken out of the request and
 * merged into the response; nothing is forwarded when nothing is left.
 */
final class ProducedRecords {

    private static final long UNKNOWN_OFFSET = -1;

    private ProducedRecords() {}

    /** The topic ids of a request without names. */
    static Collection<Uuid> topicIds(ProduceRequestData request) {
        return request.topicData().stream()
                .map(TopicProduceData::topicId)
                .filter(id -> !id.equals(Uuid.ZERO_UUID))
                .toList();
    }

    static Decision handle(ProduceRequestData request, RequestContext context, ProducedRecordsHandler handler) {
        List<Answered> answered = new ArrayList<>();
        List<Shortened> shortened = new ArrayList<>();
        boolean changed = false;
        for (TopicProduceData topic : request.topicData()) {
            String name = nameOf(topic.name(), topic.topicId(), context);
            for (PartitionProduceData partition : topic.partitionData()) {
                if (!(partition.records() instanceof MemoryRecords records)) {
                    continue;
                }
                Batch batch = new Batch(name == null ? "" : name, partition.index(), records);
                MemoryRecords result = null;
                if (name == null) {
                    batch.fail(Errors.UNKNOWN_TOPIC_ID, "topic id " + topic.topicId() + " is not known");
                } else {
                    result = show(batch, context, handler);
                }
                Optional<PartitionProduceResponse> answer = batch.answer(result);
                if (answer.isPresent()) {
                    answered.add(new Answered(topic, topic.name(), topic.topicId(), answer.get()));
                } else if (result != null) {
                    partition.setRecords(result);
                    changed = true;
                    batch.keptPositions()
                            .ifPresent(kept -> shortened.add(
                                    new Shortened(topic.name(), topic.topicId(), batch.partition(), kept)));
                }
            }
        }
        if (answered.isEmpty() && shortened.isEmpty()) {
            return changed ? Decision.forward(request) : Decision.forward();
        }
        return merge(request, answered, shortened);
    }

    private static @Nullable MemoryRecords show(Batch batch, RequestContext context, ProducedRecordsHandler handler) {
        try {
            handler.handle(batch, new Whose(context));
            return batch.result();
        } catch (UnreadableRecordsException e) {
            batch.fail(e.error(), e.getMessage());
            return null;
        }
    }

    /** The name that a handler sees: the request's own, or that of its topic id; null when that has none. */
    static @Nullable String nameOf(@Nullable String name, Uuid topicId, InterceptionContext context) {
        if (name != null && !name.isEmpty()) {
            return name;
        }
        return context.topics().nameOf(topicId).orElse(null);
    }

    private static Decision merge(ProduceRequestData request, List<Answered> answered, List<Shortened> shortened) {
        if (request.acks() == 0) {
            Optional<Answered> refused = answered.stream()
                    .filter(each -> each.response().errorCode() != Errors.NONE.code())
                    .findFirst();
            if (refused.isPresent()) {
                return Decision.refuse(
                        Errors.POLICY_VIOLATION, refused.get().response().errorMessage());
            }
        }
        for (Answered each : answered) {
            each.topic()
                    .partitionData()
                    .removeIf(partition -> partition.index() == each.response().index());
        }
        request.topicData().removeIf(topic -> topic.partitionData().isEmpty());
        if (request.topicData().isEmpty()) {
            ProduceResponseData response = new ProduceResponseData();
            answered.forEach(each -> each.addTo(response));
            return Decision.respond(response);
        }
        return Decision.forward(request).onResponse(ProduceResponseData.class, (response, context) -> {
            shortened.forEach(each -> each.correct(response));
            answered.forEach(each -> each.addTo(response));
            return Decision.forward(response);
        });
    }

    /** What the client is told about a partition that does not go on. The name is kept by itself: others change it in the request. */
    private record Answered(TopicProduceData topic, String name, Uuid topicId, PartitionProduceResponse response) {

        private void addTo(ProduceResponseData data) {
            TopicProduceResponse known = data.responses().find(name, topicId);
            if (known == null) {
                known = new TopicProduceResponse().setName(name).setTopicId(topicId);
                data.responses().add(known);
            }
            known.partitionResponses().add(response);
        }
    }

    /**
     * A partition that goes on with fewer records.
     *
     * @param kept the positions that the client knows them by
     */
    private record Shortened(String name, Uuid topicId, int partition, int[] kept) {

        /** The response counts the records that went on, and the client those that it sent. */
        private void correct(ProduceResponseData data) {
            TopicProduceResponse known = data.responses().find(name, topicId);
            if (known == null) {
                return;
            }
            for (PartitionProduceResponse response : known.partitionResponses()) {
                if (response.index() == partition) {
                    response.setBaseOffset(UNKNOWN_OFFSET);
                    response.recordErrors().forEach(error -> error.setBatchIndex(kept[error.batchIndex()]));
                }
            }
        }
    }

    private static final class Batch extends EditableRecords implements ProducedBatch {

        private @Nullable PartitionProduceResponse rejection;

        private Batch(String topic, int partition, MemoryRecords records) {
            super(topic, partition, records);
        }

        /** What the client is told at once: the rejection, or success when every record was dropped. */
        private Optional<PartitionProduceResponse> answer(@Nullable MemoryRecords result) {
            if (rejection == null && result != null && result.sizeInBytes() == 0) {
                return Optional.of(response(Errors.NONE, null));
            }
            return Optional.ofNullable(rejection);
        }

        /** Where the records that are left stood; empty when all are left. */
        private Optional<int[]> keptPositions() {
            List<EditableRecord> all = all();
            int[] kept = all.stream()
                    .filter(record -> !record.isDropped())
                    .mapToInt(record -> (int) record.offset())
                    .toArray();
            return kept.length == all.size() ? Optional.empty() : Optional.of(kept);
        }

        @Override
        long shownOffset(Record record, int position) {
            return position;
        }

        /** Brokers want a client's batch to be without gaps, and not to be empty. */
        @Override
        void write(MutableRecordBatch source, List<EditableRecord> kept, ByteBufferOutputStream out) {
            boolean shorter = kept.size()
                    < all().stream().filter(record -> record.source() == source).count();
            if (!shorter) {
                super.write(source, kept, out);
                return;
            }
            if (kept.isEmpty()) {
                return;
            }
            try (MemoryRecordsBuilder builder = builder(source, 0, out)) {
                for (int i = 0; i < kept.size(); i++) {
                    append(kept.get(i), i, builder);
                }
            }
        }

        @Override
        public void reject(String reason) {
            rejection = response(Errors.POLICY_VIOLATION, reason);
        }

        @Override
        public void reject(InterceptedRecord record, String reason) {
            PartitionProduceResponse response =
                    rejection == null || rejection.errorCode() != Errors.INVALID_RECORD.code()
                            ? response(Errors.INVALID_RECORD, reason)
                            : rejection;
            response.recordErrors()
                    .add(new BatchIndexAndErrorMessage()
                            .setBatchIndex((int) record.offset())
                            .setBatchIndexErrorMessage(reason));
            rejection = response;
        }

        @Override
        public void drop(InterceptedRecord record, String reason) {
            EditableRecord dropped = (EditableRecord) record;
            if (dropped.source().hasProducerId()) {
                reject(record, reason);
                return;
            }
            dropped.drop();
        }

        @Override
        public boolean canDrop() {
            return !hasProducerId();
        }

        private void fail(Errors error, String reason) {
            rejection = response(error, reason);
        }

        private PartitionProduceResponse response(Errors error, @Nullable String reason) {
            return new PartitionProduceResponse()
                    .setIndex(partition())
                    .setErrorCode(error.code())
                    .setBaseOffset(UNKNOWN_OFFSET)
                    .setErrorMessage(reason);
        }
    }
}
