/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.interception.RequestContext;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/**
 * What AlterConfigs, the old API, must not set back. It replaces all configurations of a resource, so those that a namespace may not set,
 * such as the operator's throttles, are named with the values that they have.
 */
final class KeptConfigs {

    private static final Set<Byte> OF_RESOURCES =
            Set.of(ConfigSource.TOPIC_CONFIG.id(), ConfigSource.GROUP_CONFIG.id());

    /** What is not there has nothing to be kept. */
    private static final Set<Errors> TELLING = Set.of(
            Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.INVALID_TOPIC_EXCEPTION, Errors.GROUP_ID_NOT_FOUND);

    private KeptConfigs() {}

    /** Adds them to a request that has real names by now. */
    static CompletionStage<Void> add(AlterConfigsRequestData request, Namespace namespace, RequestContext context) {
        List<DescribeConfigsRequestData.DescribeConfigsResource> asked = request.resources().stream()
                .filter(resource -> isOfNamespace(resource, namespace))
                .map(resource -> new DescribeConfigsRequestData.DescribeConfigsResource()
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName())
                        .setConfigurationKeys(null))
                .toList();
        if (asked.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return context.send(new DescribeConfigsRequestData().setResources(asked))
                .thenAccept(response -> keep(request, asked, ((DescribeConfigsResponseData) response).results()));
    }

    private static boolean isOfNamespace(AlterConfigsResource resource, Namespace namespace) {
        boolean named = resource.resourceType() == ConfigRules.TOPIC || resource.resourceType() == ConfigRules.GROUP;
        return named && !resource.resourceName().isEmpty() && !namespace.isStandIn(resource.resourceName());
    }

    /** @throws IllegalStateException when what has to be kept of a resource is not known */
    private static void keep(
            AlterConfigsRequestData request,
            List<DescribeConfigsRequestData.DescribeConfigsResource> asked,
            List<DescribeConfigsResponseData.DescribeConfigsResult> results) {
        for (DescribeConfigsRequestData.DescribeConfigsResource resource : asked) {
            DescribeConfigsResponseData.DescribeConfigsResult known = results.stream()
                    .filter(result -> result.resourceType() == resource.resourceType()
                            && result.resourceName().equals(resource.resourceName()))
                    .filter(result -> TELLING.contains(Errors.forCode(result.errorCode())))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("configurations of " + resource.resourceName()
                            + " cannot be read (expected: those that may not be set, as they have to be kept)"));
            keep(request, known);
        }
    }

    private static void keep(
            AlterConfigsRequestData request, DescribeConfigsResponseData.DescribeConfigsResult result) {
        AlterConfigsResource resource = request.resources().find(result.resourceType(), result.resourceName());
        if (resource == null) {
            // More than one of that name, which brokers refuse.
            return;
        }
        result.configs().stream()
                .filter(config -> OF_RESOURCES.contains(config.configSource()))
                .filter(config -> !ConfigRules.isSettable(result.resourceType(), config.name()))
                .map(config -> new AlterableConfig().setName(config.name()).setValue(config.value()))
                .forEach(resource.configs()::add);
    }
}
