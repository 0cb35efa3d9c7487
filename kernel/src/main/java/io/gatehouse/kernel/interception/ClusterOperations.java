/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.apache.kafka.common.protocol.ApiKeys.ADD_RAFT_VOTER;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_REPLICA_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_USER_SCRAM_CREDENTIALS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_DELEGATION_TOKEN;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_DELEGATION_TOKEN;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_QUORUM;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS;
import static org.apache.kafka.common.protocol.ApiKeys.ELECT_LEADERS;
import static org.apache.kafka.common.protocol.ApiKeys.EXPIRE_DELEGATION_TOKEN;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.REMOVE_RAFT_VOTER;
import static org.apache.kafka.common.protocol.ApiKeys.RENEW_DELEGATION_TOKEN;
import static org.apache.kafka.common.protocol.ApiKeys.UNREGISTER_BROKER;
import static org.apache.kafka.common.protocol.ApiKeys.UNREGISTER_CONTROLLER;
import static org.apache.kafka.common.protocol.ApiKeys.UPDATE_FEATURES;
import static org.apache.kafka.common.protocol.ApiKeys.WRITE_TXN_MARKERS;

import io.gatehouse.kernel.wire.Apis;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.RequestHandler;
import io.gatehouse.spi.interception.ResponseHandler;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * Behind terminated authentication every broker connection has the gateway's rights, so in a virtual cluster what acts on the whole
 * cluster is refused, and not offered. Stands first in the chains of virtual clusters that do not allow cluster operations.
 *
 * <p>Thread-safe, without state.
 */
public final class ClusterOperations implements Interceptor {

    /** The one instance. */
    public static final ClusterOperations REFUSED = new ClusterOperations();

    private static final Set<ApiKeys> WHOLE_CLUSTER = Set.of(
            WRITE_TXN_MARKERS,
            ALTER_REPLICA_LOG_DIRS,
            DESCRIBE_LOG_DIRS,
            ELECT_LEADERS,
            ALTER_PARTITION_REASSIGNMENTS,
            LIST_PARTITION_REASSIGNMENTS,
            DESCRIBE_CLIENT_QUOTAS,
            ALTER_CLIENT_QUOTAS,
            DESCRIBE_USER_SCRAM_CREDENTIALS,
            ALTER_USER_SCRAM_CREDENTIALS,
            DESCRIBE_QUORUM,
            UPDATE_FEATURES,
            UNREGISTER_BROKER,
            UNREGISTER_CONTROLLER,
            ADD_RAFT_VOTER,
            REMOVE_RAFT_VOTER,
            CREATE_DELEGATION_TOKEN,
            RENEW_DELEGATION_TOKEN,
            EXPIRE_DELEGATION_TOKEN,
            DESCRIBE_DELEGATION_TOKEN);

    private static final Set<Byte> WHOLE_CLUSTER_CONFIGS = Set.of(
            ConfigResource.Type.BROKER.id(),
            ConfigResource.Type.BROKER_LOGGER.id(),
            ConfigResource.Type.CLIENT_METRICS.id());

    private static final short CODE = Errors.CLUSTER_AUTHORIZATION_FAILED.code();
    private static final String REASON = "not offered in a virtual cluster";

    private ClusterOperations() {}

    /** Whether an API is left out of ApiVersions where cluster operations are refused. */
    public static boolean isHidden(ApiKeys api) {
        return WHOLE_CLUSTER.contains(api);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void subscribe(User user, Subscriptions on) {
        RequestHandler<ApiMessage> refuse =
                (request, context) -> Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, REASON);
        for (ApiKeys api : WHOLE_CLUSTER) {
            on.request(api, (Class<ApiMessage>) Apis.requestClass(api), refuse);
        }
        on.request(ApiKeys.DESCRIBE_CONFIGS, DescribeConfigsRequestData.class, (request, context) -> describe(request));
        on.request(ApiKeys.ALTER_CONFIGS, AlterConfigsRequestData.class, (request, context) -> alter(request));
        on.request(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                IncrementalAlterConfigsRequestData.class,
                (request, context) -> alterIncrementally(request));
        on.response(ApiKeys.LIST_CONFIG_RESOURCES, ListConfigResourcesResponseData.class, (response, context) -> {
            response.configResources().removeIf(resource -> WHOLE_CLUSTER_CONFIGS.contains(resource.resourceType()));
            return Decision.forward(response);
        });
    }

    private static Decision describe(DescribeConfigsRequestData request) {
        List<DescribeConfigsResponseData.DescribeConfigsResult> refused = request.resources().stream()
                .filter(resource -> WHOLE_CLUSTER_CONFIGS.contains(resource.resourceType()))
                .map(resource -> new DescribeConfigsResponseData.DescribeConfigsResult()
                        .setErrorCode(CODE)
                        .setErrorMessage(REASON)
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName()))
                .toList();
        request.resources().removeIf(resource -> WHOLE_CLUSTER_CONFIGS.contains(resource.resourceType()));
        return merge(
                request,
                refused.isEmpty(),
                request.resources().isEmpty(),
                new DescribeConfigsResponseData().setResults(refused),
                DescribeConfigsResponseData.class,
                (response, context) -> {
                    response.results().addAll(refused);
                    return Decision.forward(response);
                });
    }

    private static Decision alter(AlterConfigsRequestData request) {
        List<AlterConfigsResponseData.AlterConfigsResourceResponse> refused = request.resources().stream()
                .filter(resource -> WHOLE_CLUSTER_CONFIGS.contains(resource.resourceType()))
                .map(resource -> new AlterConfigsResponseData.AlterConfigsResourceResponse()
                        .setErrorCode(CODE)
                        .setErrorMessage(REASON)
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName()))
                .toList();
        request.resources().removeIf(resource -> WHOLE_CLUSTER_CONFIGS.contains(resource.resourceType()));
        return merge(
                request,
                refused.isEmpty(),
                request.resources().isEmpty(),
                new AlterConfigsResponseData().setResponses(refused),
                AlterConfigsResponseData.class,
                (response, context) -> {
                    response.responses().addAll(refused);
                    return Decision.forward(response);
                });
    }

    private static Decision alterIncrementally(IncrementalAlterConfigsRequestData request) {
        List<IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse> refused = request.resources().stream()
                .filter(resource -> WHOLE_CLUSTER_CONFIGS.contains(resource.resourceType()))
                .map(resource -> new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                        .setErrorCode(CODE)
                        .setErrorMessage(REASON)
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName()))
                .toList();
        request.resources().removeIf(resource -> WHOLE_CLUSTER_CONFIGS.contains(resource.resourceType()));
        return merge(
                request,
                refused.isEmpty(),
                request.resources().isEmpty(),
                new IncrementalAlterConfigsResponseData().setResponses(refused),
                IncrementalAlterConfigsResponseData.class,
                (response, context) -> {
                    response.responses().addAll(refused);
                    return Decision.forward(response);
                });
    }

    private static <M extends ApiMessage> Decision merge(
            ApiMessage request,
            boolean nothingRefused,
            boolean nothingLeft,
            M answer,
            Class<M> type,
            ResponseHandler<M> merging) {
        if (nothingRefused) {
            return Decision.forward();
        }
        return nothingLeft
                ? Decision.respond(answer)
                : Decision.forward(request).onResponse(type, merging);
    }
}
