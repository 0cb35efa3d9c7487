/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.TWO_PHASE_COMMIT;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResult;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Transactions: WRITE on the transactional id, and what stands beside it. */
final class TransactionApis {

    private static final int OF_CLIENTS = 3;

    private TransactionApis() {}

    static void initProducerId(Access access, Subscriptions on) {
        on.request(ApiKeys.INIT_PRODUCER_ID, InitProducerIdRequestData.class, (request, context) -> {
            String id = request.transactionalId();
            if (id == null) {
                return access.mayWriteIdempotently(context)
                        ? Decision.forward()
                        : Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, "");
            }
            boolean may = access.may(context, WRITE, TRANSACTIONAL_ID, id)
                    && (!request.enable2Pc() || access.may(context, TWO_PHASE_COMMIT, TRANSACTIONAL_ID, id));
            return may ? Decision.forward() : Decision.refuse(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "");
        });
    }

    static void addPartitions(Access access, Subscriptions on) {
        on.request(
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                AddPartitionsToTxnRequestData.class,
                (request, context) -> addPartitions(access, request, context));
    }

    private static Decision addPartitions(
            Access access, AddPartitionsToTxnRequestData request, RequestContext context) {
        if (context.apiVersion() > OF_CLIENTS) {
            return access.mayCluster(context, CLUSTER_ACTION)
                    ? Decision.forward()
                    : Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, "");
        }
        if (!access.may(context, WRITE, TRANSACTIONAL_ID, request.v3AndBelowTransactionalId())) {
            return Decision.refuse(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "");
        }
        Set<String> denied = new HashSet<>();
        for (AddPartitionsToTxnTopic topic : request.v3AndBelowTopics()) {
            if (!access.may(context, WRITE, TOPIC, topic.name())
                    || Topic.isInternal(topic.name()) && !access.auditOnly()) {
                denied.add(topic.name());
            }
        }
        if (denied.isEmpty()) {
            return Decision.forward();
        }
        AddPartitionsToTxnResponseData response = new AddPartitionsToTxnResponseData();
        for (AddPartitionsToTxnTopic topic : request.v3AndBelowTopics()) {
            Errors error =
                    denied.contains(topic.name()) ? Errors.TOPIC_AUTHORIZATION_FAILED : Errors.OPERATION_NOT_ATTEMPTED;
            AddPartitionsToTxnTopicResult result = new AddPartitionsToTxnTopicResult().setName(topic.name());
            topic.partitions()
                    .forEach(partition -> result.resultsByPartition()
                            .add(new AddPartitionsToTxnPartitionResult()
                                    .setPartitionIndex(partition)
                                    .setPartitionErrorCode(error.code())));
            response.resultsByTopicV3AndBelow().add(result);
        }
        return Decision.respond(response);
    }

    static void addOffsets(Access access, Subscriptions on) {
        on.request(ApiKeys.ADD_OFFSETS_TO_TXN, AddOffsetsToTxnRequestData.class, (request, context) -> {
            if (!access.may(context, WRITE, TRANSACTIONAL_ID, request.transactionalId())) {
                return Decision.refuse(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "");
            }
            return access.may(context, READ, GROUP, request.groupId())
                    ? Decision.forward()
                    : Decision.refuse(Errors.GROUP_AUTHORIZATION_FAILED, "");
        });
    }

    static void end(Access access, Subscriptions on) {
        on.request(
                ApiKeys.END_TXN,
                EndTxnRequestData.class,
                (request, context) -> access.may(context, WRITE, TRANSACTIONAL_ID, request.transactionalId())
                        ? Decision.forward()
                        : Decision.refuse(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ""));
    }

    static void describe(Access access, Subscriptions on) {
        on.request(ApiKeys.DESCRIBE_TRANSACTIONS, DescribeTransactionsRequestData.class, (request, context) -> {
            Denied<String> denied = Denied.takeFrom(
                    request.transactionalIds(),
                    id -> access.may(context, DESCRIBE, TRANSACTIONAL_ID, id)
                            ? Errors.NONE
                            : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
            if (!request.transactionalIds().isEmpty() && denied.isEmpty()) {
                return Decision.forward().onResponse(DescribeTransactionsResponseData.class, (response, answer) -> {
                    hideTopics(access, response);
                    return Decision.forward(response);
                });
            }
            return denied.decide(
                    request,
                    request.transactionalIds().isEmpty(),
                    new DescribeTransactionsResponseData(),
                    DescribeTransactionsResponseData.class,
                    response -> {
                        hideTopics(access, response);
                        denied.mergeInto(
                                response.transactionStates(),
                                (id, error) -> new TransactionState()
                                        .setTransactionalId(id)
                                        .setErrorCode(error.code()));
                    });
        });
    }

    private static void hideTopics(Access access, DescribeTransactionsResponseData response) {
        response.transactionStates()
                .forEach(state -> state.topics().removeIf(topic -> !access.sees(DESCRIBE, TOPIC, topic.topic())));
    }

    static void list(Access access, Subscriptions on) {
        on.response(ApiKeys.LIST_TRANSACTIONS, ListTransactionsResponseData.class, (response, context) -> {
            response.transactionStates()
                    .removeIf(state -> !access.sees(DESCRIBE, TRANSACTIONAL_ID, state.transactionalId()));
            return Decision.forward(response);
        });
    }
}
