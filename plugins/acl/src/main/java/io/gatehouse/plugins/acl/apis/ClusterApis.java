/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.InterceptionContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/** Requests that one right decides as a whole: one on the cluster, or one on the only group that they name. */
final class ClusterApis {

    private static final int LOG_DIRS_ERROR_SINCE = 3;

    private ClusterApis() {}

    /** Needs one of these rights on the cluster. */
    static ApiTable.Family cluster(ApiKeys api, AclOperation... anyOf) {
        return whole(api, Errors.CLUSTER_AUTHORIZATION_FAILED, (request, ask) -> ask.anyOnCluster(anyOf));
    }

    /** Needs READ on the group that the request names. */
    static <M extends ApiMessage> ApiTable.Family group(ApiKeys api, Class<M> type, Function<M, String> groupId) {
        return whole(
                api,
                Errors.GROUP_AUTHORIZATION_FAILED,
                (request, ask) -> ask.access()
                        .may(ask.context(), AclOperation.READ, ResourceType.GROUP, groupId.apply(type.cast(request))));
    }

    /** A question about one request. */
    private record Ask(Access access, InterceptionContext context) {

        /** The last one is recorded: the others are other ways to the same. */
        boolean anyOnCluster(AclOperation... operations) {
            for (int i = 0; i < operations.length - 1; i++) {
                if (access.hasCluster(operations[i])) {
                    return true;
                }
            }
            return access.mayCluster(context, operations[operations.length - 1]);
        }
    }

    @SuppressWarnings("unchecked")
    private static ApiTable.Family whole(ApiKeys api, Errors error, BiPredicate<ApiMessage, Ask> may) {
        Class<ApiMessage> type =
                (Class<ApiMessage>) api.messageType.newRequest().getClass();
        return (access, on) -> on.request(
                api,
                type,
                (request, context) ->
                        may.test(request, new Ask(access, context)) ? Decision.forward() : Decision.refuse(error, ""));
    }

    /** On a broker DescribeCluster needs nothing; DESCRIBE shows what else the user may do. */
    static void describe(Access access, Subscriptions on) {
        on.response(
                ApiKeys.DESCRIBE_CLUSTER,
                DescribeClusterResponseData.class,
                (response, context) -> Decision.forward(response.setClusterAuthorizedOperations(
                        operations(access, response.clusterAuthorizedOperations()))));
    }

    /** Versions before 3 have no error: nothing is shown. */
    static void logDirs(Access access, Subscriptions on) {
        on.request(ApiKeys.DESCRIBE_LOG_DIRS, DescribeLogDirsRequestData.class, (request, context) -> {
            if (access.mayCluster(context, AclOperation.DESCRIBE)) {
                return Decision.forward();
            }
            return context.apiVersion() < LOG_DIRS_ERROR_SINCE
                    ? Decision.respond(new DescribeLogDirsResponseData())
                    : Decision.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED, "");
        });
    }

    /** The cluster's authorized operations; 0 without DESCRIBE. */
    static int operations(Access access, int asTheBrokerSays) {
        boolean hidden = asTheBrokerSays != AuthorizedOperations.NOT_ASKED
                && !access.sees(AclOperation.DESCRIBE, ResourceType.CLUSTER, Permissions.CLUSTER_NAME);
        return hidden
                ? 0
                : AuthorizedOperations.of(access, asTheBrokerSays, ResourceType.CLUSTER, Permissions.CLUSTER_NAME);
    }
}
