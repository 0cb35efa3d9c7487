/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.plugins.acl.decision.Permissions;
import io.gatehouse.spi.interception.InterceptionContext;
import io.gatehouse.spi.interception.Subscriptions;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/** Configs described and altered: the right on the topic or the group, and for everything else on the cluster. */
final class ConfigApis {

    private ConfigApis() {}

    static void describe(Access access, Subscriptions on) {
        on.request(ApiKeys.DESCRIBE_CONFIGS, DescribeConfigsRequestData.class, (request, context) -> {
            Denied<DescribeConfigsResource> denied = Denied.takeFrom(
                    request.resources(),
                    resource -> judge(
                            access,
                            context,
                            AclOperation.DESCRIBE_CONFIGS,
                            resource.resourceType(),
                            resource.resourceName()));
            return denied.decide(
                    request,
                    request.resources().isEmpty(),
                    new DescribeConfigsResponseData(),
                    DescribeConfigsResponseData.class,
                    response -> denied.mergeInto(
                            response.results(),
                            (resource, error) -> new DescribeConfigsResult()
                                    .setErrorCode(error.code())
                                    .setErrorMessage(error.message())
                                    .setResourceType(resource.resourceType())
                                    .setResourceName(resource.resourceName())));
        });
    }

    static void alter(Access access, Subscriptions on) {
        on.request(ApiKeys.ALTER_CONFIGS, AlterConfigsRequestData.class, (request, context) -> {
            Denied<AlterConfigsRequestData.AlterConfigsResource> denied = Denied.takeFrom(
                    request.resources(),
                    resource -> judge(
                            access,
                            context,
                            AclOperation.ALTER_CONFIGS,
                            resource.resourceType(),
                            resource.resourceName()));
            return denied.decide(
                    request,
                    request.resources().isEmpty(),
                    new AlterConfigsResponseData(),
                    AlterConfigsResponseData.class,
                    response -> denied.mergeInto(
                            response.responses(),
                            (resource, error) -> new AlterConfigsResponseData.AlterConfigsResourceResponse()
                                    .setErrorCode(error.code())
                                    .setErrorMessage(error.message())
                                    .setResourceType(resource.resourceType())
                                    .setResourceName(resource.resourceName())));
        });
    }

    static void alterIncrementally(Access access, Subscriptions on) {
        on.request(ApiKeys.INCREMENTAL_ALTER_CONFIGS, IncrementalAlterConfigsRequestData.class, (request, context) -> {
            Denied<IncrementalAlterConfigsRequestData.AlterConfigsResource> denied = Denied.takeFrom(
                    request.resources(),
                    resource -> judge(
                            access,
                            context,
                            AclOperation.ALTER_CONFIGS,
                            resource.resourceType(),
                            resource.resourceName()));
            return denied.decide(
                    request,
                    request.resources().isEmpty(),
                    new IncrementalAlterConfigsResponseData(),
                    IncrementalAlterConfigsResponseData.class,
                    response -> denied.mergeInto(
                            response.responses(),
                            (resource, error) -> new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                                    .setErrorCode(error.code())
                                    .setErrorMessage(error.message())
                                    .setResourceType(resource.resourceType())
                                    .setResourceName(resource.resourceName())));
        });
    }

    private static Errors judge(
            Access access, InterceptionContext context, AclOperation operation, byte type, String name) {
        if (type == ConfigResource.Type.TOPIC.id()) {
            return TopicIds.named(access, context, operation, name);
        }
        if (type == ConfigResource.Type.GROUP.id()) {
            return access.may(context, operation, ResourceType.GROUP, name)
                    ? Errors.NONE
                    : Errors.GROUP_AUTHORIZATION_FAILED;
        }
        return access.may(context, operation, ResourceType.CLUSTER, Permissions.CLUSTER_NAME)
                ? Errors.NONE
                : Errors.CLUSTER_AUTHORIZATION_FAILED;
    }
}
