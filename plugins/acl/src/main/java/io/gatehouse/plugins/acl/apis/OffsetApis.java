/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Offsets of groups, written and deleted: the right on the group, then READ on each topic. */
final class OffsetApis {

    private static final int COMMIT_BY_ID_SINCE = 10;
    private static final int TRANSACTIONAL_COMMIT_BY_ID_SINCE = 6;

    private OffsetApis() {}

    static void commit(Access access, Subscriptions on) {
        TopicIds.handle(
                on,
                ApiKeys.OFFSET_COMMIT,
                OffsetCommitRequestData.class,
                request -> request.topics().stream().map(OffsetCommitRequestTopic::topicId),
                (request, context) -> commit(access, request, context));
    }

    private static Decision commit(Access access, OffsetCommitRequestData request, RequestContext context) {
        if (!access.may(context, READ, GROUP, request.groupId())) {
            return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
        }
        boolean byId = context.apiVersion() >= COMMIT_BY_ID_SINCE;
        Denied<OffsetCommitRequestTopic> denied = Denied.takeFrom(
                request.topics(), topic -> TopicIds.judge(access, context, READ, topic.name(), topic.topicId(), byId));
        return denied.decide(
                request,
                request.topics().isEmpty(),
                new OffsetCommitResponseData(),
                OffsetCommitResponseData.class,
                response -> denied.mergeInto(
                        response.topics(),
                        (topic, error) -> new OffsetCommitResponseTopic()
                                .setName(topic.name())
                                .setTopicId(topic.topicId())
                                .setPartitions(topic.partitions().stream()
                                        .map(partition -> new OffsetCommitResponsePartition()
                                                .setPartitionIndex(partition.partitionIndex())
                                                .setErrorCode(error.code()))
                                        .toList())));
    }

    static void commitInTransaction(Access access, Subscriptions on) {
        TopicIds.handle(
                on,
                ApiKeys.TXN_OFFSET_COMMIT,
                TxnOffsetCommitRequestData.class,
                request -> request.topics().stream().map(TxnOffsetCommitRequestTopic::topicId),
                (request, context) -> commitInTransaction(access, request, context));
    }

    private static Decision commitInTransaction(
            Access access, TxnOffsetCommitRequestData request, RequestContext context) {
        if (!access.may(context, WRITE, TRANSACTIONAL_ID, request.transactionalId())) {
            return Decision.refuse(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "");
        }
        if (!access.may(context, READ, GROUP, request.groupId())) {
            return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
        }
        boolean byId = context.apiVersion() >= TRANSACTIONAL_COMMIT_BY_ID_SINCE;
        Denied<TxnOffsetCommitRequestTopic> denied = Denied.takeFrom(
                request.topics(), topic -> TopicIds.judge(access, context, READ, topic.name(), topic.topicId(), byId));
        return denied.decide(
                request,
                request.topics().isEmpty(),
                new TxnOffsetCommitResponseData(),
                TxnOffsetCommitResponseData.class,
                response -> denied.mergeInto(
                        response.topics(),
                        (topic, error) -> new TxnOffsetCommitResponseTopic()
                                .setName(topic.name())
                                .setTopicId(topic.topicId())
                                .setPartitions(topic.partitions().stream()
                                        .map(partition -> new TxnOffsetCommitResponsePartition()
                                                .setPartitionIndex(partition.partitionIndex())
                                                .setErrorCode(error.code()))
                                        .toList())));
    }

    static void delete(Access access, Subscriptions on) {
        on.request(ApiKeys.OFFSET_DELETE, OffsetDeleteRequestData.class, (request, context) -> {
            if (!access.may(context, DELETE, GROUP, request.groupId())) {
                return Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
            }
            Denied<OffsetDeleteRequestTopic> denied =
                    Denied.takeFrom(request.topics(), topic -> TopicIds.named(access, context, READ, topic.name()));
            return denied.decide(
                    request,
                    request.topics().isEmpty(),
                    new OffsetDeleteResponseData(),
                    OffsetDeleteResponseData.class,
                    response -> denied.mergeInto(response.topics(), OffsetApis::denied));
        });
    }

    private static OffsetDeleteResponseTopic denied(OffsetDeleteRequestTopic topic, Errors error) {
        OffsetDeleteResponseTopic response = new OffsetDeleteResponseTopic().setName(topic.name());
        topic.partitions()
                .forEach(partition -> response.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code())));
        return response;
    }
}
