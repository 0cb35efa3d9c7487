/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.resource.ResourceType;

/** FindCoordinator: DESCRIBE on each group or transactional id; share coordinators are for brokers. */
final class CoordinatorApi {

    private static final int BATCHES_SINCE = 4;
    private static final int NOBODY = -1;

    private CoordinatorApi() {}

    static void subscribe(Access access, Subscriptions on) {
        on.request(
                ApiKeys.FIND_COORDINATOR,
                FindCoordinatorRequestData.class,
                (request, context) -> decide(access, request, context));
    }

    private static Decision decide(Access access, FindCoordinatorRequestData request, RequestContext context) {
        if (request.keyType() == CoordinatorType.SHARE.id()) {
            return access.mayCluster(context, AclOperation.CLUSTER_ACTION)
                    ? Decision.forward()
                    : Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, "");
        }
        if (context.apiVersion() < BATCHES_SINCE) {
            Errors error = judge(access, context, request.keyType(), request.key());
            return error == Errors.NONE ? Decision.forward() : Decision.refuse(error, "");
        }
        Denied<String> denied =
                Denied.takeFrom(request.coordinatorKeys(), key -> judge(access, context, request.keyType(), key));
        return denied.decide(
                request,
                request.coordinatorKeys().isEmpty(),
                new FindCoordinatorResponseData(),
                FindCoordinatorResponseData.class,
                response -> denied.mergeInto(
                        response.coordinators(),
                        (key, error) -> new Coordinator()
                                .setKey(key)
                                .setErrorCode(error.code())
                                .setHost("")
                                .setNodeId(NOBODY)
                                .setPort(NOBODY)));
    }

    private static Errors judge(Access access, RequestContext context, byte keyType, String key) {
        if (keyType == CoordinatorType.GROUP.id()) {
            return access.may(context, AclOperation.DESCRIBE, ResourceType.GROUP, key)
                    ? Errors.NONE
                    : Errors.GROUP_AUTHORIZATION_FAILED;
        }
        if (keyType == CoordinatorType.TRANSACTION.id()) {
            return access.may(context, AclOperation.DESCRIBE, ResourceType.TRANSACTIONAL_ID, key)
                    ? Errors.NONE
                    : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        // The broker refuses a type that nobody knows.
        return Errors.NONE;
    }
}
