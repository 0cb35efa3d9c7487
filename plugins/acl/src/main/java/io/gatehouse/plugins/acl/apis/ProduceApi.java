/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.Iterator;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.resource.ResourceType;

/** Produce: WRITE on the transactional id when a batch is transactional, then WRITE on each topic. Records are not touched. */
final class ProduceApi {

    private static final int IDS_SINCE = 13;
    private static final long NONE = -1;

    private ProduceApi() {}

    static void subscribe(Access access, Subscriptions on) {
        TopicIds.handle(
                on,
                ApiKeys.PRODUCE,
                ProduceRequestData.class,
                request -> request.topicData().stream().map(TopicProduceData::topicId),
                (request, context) -> decide(access, request, context));
    }

    private static Decision decide(Access access, ProduceRequestData request, RequestContext context) {
        if (isTransactional(request)) {
            String id = request.transactionalId();
            if (id == null || !access.may(context, AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, id)) {
                return Decision.refuse(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "");
            }
        }
        boolean byId = context.apiVersion() >= IDS_SINCE;
        Denied<TopicProduceData> denied = Denied.takeFrom(
                request.topicData(),
                topic -> TopicIds.judge(access, context, AclOperation.WRITE, topic.name(), topic.topicId(), byId));
        if (!denied.isEmpty() && request.acks() == 0) {
            // Nobody could be told, so the connection is closed, as by a broker.
            return Decision.refuse(Errors.TOPIC_AUTHORIZATION_FAILED, "");
        }
        return denied.decide(
                request,
                request.topicData().isEmpty(),
                new ProduceResponseData(),
                ProduceResponseData.class,
                response -> denied.mergeInto(response.responses(), ProduceApi::denied));
    }

    private static TopicProduceResponse denied(TopicProduceData topic, Errors error) {
        TopicProduceResponse response =
                new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
        topic.partitionData()
                .forEach(partition -> response.partitionResponses()
                        .add(new PartitionProduceResponse()
                                .setIndex(partition.index())
                                .setErrorCode(error.code())
                                .setBaseOffset(NONE)
                                .setLogAppendTimeMs(NONE)
                                .setLogStartOffset(NONE)));
        return response;
    }

    /** As Kafka's RequestUtils: the first batch of a partition says it. */
    private static boolean isTransactional(ProduceRequestData request) {
        for (TopicProduceData topic : request.topicData()) {
            for (ProduceRequestData.PartitionProduceData partition : topic.partitionData()) {
                if (partition.records() instanceof MemoryRecords records) {
                    Iterator<MutableRecordBatch> batches = records.batchIterator();
                    if (batches.hasNext() && batches.next().isTransactional()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
