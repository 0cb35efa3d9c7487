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
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Shows the records of a Produce request to a handler. What it rejects is taken out of the request and merged into the response; nothing
 * is forwarded when nothing is left.
 */
final class ProducedRecords {

    private ProducedRecords() {}

    static Decision handle(ProduceRequestData request, RequestContext context, ProducedRecordsHandler handler) {
        List<Rejection> rejections = new ArrayList<>();
        boolean changed = false;
        try {
            for (TopicProduceData topic : request.topicData()) {
                String name = nameOf(topic.name(), topic.topicId(), context);
                for (PartitionProduceData partition : topic.partitionData()) {
                    if (!(partition.records() instanceof MemoryRecords records)) {
                        continue;
                    }
                    Batch batch = new Batch(name, partition.index(), records);
                    handler.handle(batch, new Whose(context));
                    MemoryRecords result = batch.result();
                    if (batch.rejection != null) {
                        rejections.add(new Rejection(topic, topic.name(), topic.topicId(), batch.rejection));
                    } else if (result != null) {
                        partition.setRecords(result);
                        changed = true;
                    }
                }
            }
        } catch (CorruptRecordException e) {
            return Decision.refuse(Errors.CORRUPT_MESSAGE, e.getMessage());
        }
        if (rejections.isEmpty()) {
            return changed ? Decision.forward(request) : Decision.forward();
        }
        return reject(request, rejections);
    }

    /** The name that a handler sees: the request's own, or that of its topic id if the gateway has seen it. */
    static @Nullable String nameOf(@Nullable String name, Uuid topicId, InterceptionContext context) {
        if (name != null && !name.isEmpty()) {
            return name;
        }
        return context.topics().nameOf(topicId).orElse(null);
    }

    private static Decision reject(ProduceRequestData request, List<Rejection> rejections) {
        if (request.acks() == 0) {
            return Decision.refuse(
                    Errors.POLICY_VIOLATION, rejections.get(0).response().errorMessage());
        }
        for (Rejection rejection : rejections) {
            rejection
                    .topic()
                    .partitionData()
                    .removeIf(partition ->
                            partition.index() == rejection.response().index());
        }
        request.topicData().removeIf(topic -> topic.partitionData().isEmpty());
        if (request.topicData().isEmpty()) {
            ProduceResponseData response = new ProduceResponseData();
            rejections.forEach(rejection -> rejection.addTo(response));
            return Decision.respond(response);
        }
        return Decision.forward(request).onResponse((response, context) -> {
            rejections.forEach(rejection -> rejection.addTo((ProduceResponseData) response));
            return Decision.forward(response);
        });
    }

    /** What the client is told about one partition. The name is kept by itself: others change it in the request as that goes on. */
    private record Rejection(TopicProduceData topic, String name, Uuid topicId, PartitionProduceResponse response) {

        private void addTo(ProduceResponseData data) {
            TopicProduceResponse known = data.responses().find(name, topicId);
            if (known == null) {
                known = new TopicProduceResponse().setName(name).setTopicId(topicId);
                data.responses().add(known);
            }
            known.partitionResponses().add(response);
        }
    }

    private static final class Batch extends EditableRecords implements ProducedBatch {

        private @Nullable PartitionProduceResponse rejection;

        private Batch(@Nullable String topic, int partition, MemoryRecords records) {
            super(topic, partition, records);
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

        private PartitionProduceResponse response(Errors error, String reason) {
            return new PartitionProduceResponse()
                    .setIndex(partition())
                    .setErrorCode(error.code())
                    .setBaseOffset(-1)
                    .setErrorMessage(reason);
        }
    }
}
