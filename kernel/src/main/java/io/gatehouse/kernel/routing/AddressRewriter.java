/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.Set;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataResponse;
import org.jspecify.annotations.Nullable;

/**
 * Replaces what a response says about brokers by what clients of a route may know: the gateway's addresses and the virtual cluster's id.
 * Stands last in every chain, next to the broker, and feeds the cluster's map of nodes and topic names with what passes. (The node
 * endpoints of Produce, Fetch and share responses are taken out by the scanner in {@code wire}.)
 *
 * <p>One object per route and virtual cluster; thread-safe.
 */
public final class AddressRewriter implements Interceptor {

    private static final int CONTROLLERS = 2;

    /** Broker configs that name addresses. */
    private static final Set<String> ADDRESS_CONFIGS = Set.of(
            "listeners", "advertised.listeners", "controller.quorum.voters", "controller.quorum.bootstrap.servers");

    private final Cluster cluster;
    private final Advertised advertised;
    private final boolean passthrough;
    private final String virtualCluster;

    public AddressRewriter(Route route, String virtualCluster) {
        this.cluster = route.cluster();
        this.advertised = route.advertised();
        this.virtualCluster = virtualCluster;
        this.passthrough = virtualCluster.equals(User.PASSTHROUGH);
    }

    /** The cluster id that clients of a virtual cluster see. */
    public static @Nullable String visibleClusterId(String virtualCluster, @Nullable String clusterId) {
        return clusterId == null || virtualCluster.equals(User.PASSTHROUGH)
                ? clusterId
                : virtualCluster + "@" + clusterId;
    }

    @Override
    public void subscribe(User user, Subscriptions on) {
        on.response(ApiKeys.METADATA, MetadataResponseData.class, (response, context) -> {
            cluster.learn(response);
            rewrite(response);
            return Decision.forward(response);
        });
        on.response(ApiKeys.FIND_COORDINATOR, FindCoordinatorResponseData.class, (response, context) -> {
            rewrite(response);
            return Decision.forward(response);
        });
        on.response(ApiKeys.DESCRIBE_CLUSTER, DescribeClusterResponseData.class, (response, context) -> {
            rewrite(response);
            return Decision.forward(response);
        });
        on.response(ApiKeys.DESCRIBE_QUORUM, DescribeQuorumResponseData.class, (response, context) -> {
            response.nodes().forEach(node -> node.listeners().clear());
            return Decision.forward(response);
        });
        if (!passthrough) {
            on.response(ApiKeys.DESCRIBE_CONFIGS, DescribeConfigsResponseData.class, (response, context) -> {
                rewrite(response);
                return Decision.forward(response);
            });
        }
        on.response(ApiKeys.CREATE_TOPICS, CreateTopicsResponseData.class, (response, context) -> {
            response.topics().forEach(topic -> cluster.learn(topic.topicId(), topic.name()));
            return Decision.forward();
        });
        on.response(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS, DescribeTopicPartitionsResponseData.class, (response, context) -> {
                    boolean changed = false;
                    for (DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic topic :
                            response.topics()) {
                        if (topic.name() != null) {
                            cluster.learn(topic.topicId(), topic.name());
                        }
                        for (DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition partition :
                                topic.partitions()) {
                            if (isNowhere(partition.leaderId())) {
                                partition.setLeaderId(MetadataResponse.NO_LEADER_ID);
                                partition.setErrorCode(Errors.LEADER_NOT_AVAILABLE.code());
                                changed = true;
                            }
                        }
                    }
                    return changed ? Decision.forward(response) : Decision.forward();
                });
    }

    private boolean isNowhere(int nodeId) {
        return nodeId >= 0 && advertised.of(nodeId) == null;
    }

    private void rewrite(MetadataResponseData response) {
        response.setClusterId(visibleClusterId(virtualCluster, response.clusterId()));
        response.brokers().removeIf(broker -> {
            Endpoint endpoint = advertised.of(broker.nodeId());
            if (endpoint != null) {
                broker.setHost(endpoint.host()).setPort(endpoint.port());
            }
            return endpoint == null;
        });
        if (isNowhere(response.controllerId())) {
            response.setControllerId(MetadataResponse.NO_CONTROLLER_ID);
        }
        response.topics()
                .forEach(topic -> topic.partitions().forEach(partition -> {
                    if (isNowhere(partition.leaderId())) {
                        partition.setLeaderId(MetadataResponse.NO_LEADER_ID);
                        partition.setErrorCode(Errors.LEADER_NOT_AVAILABLE.code());
                    }
                }));
    }

    private void rewrite(FindCoordinatorResponseData response) {
        if (!response.host().isEmpty()) {
            Endpoint endpoint = advertised.of(response.nodeId());
            if (endpoint == null) {
                response.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code())
                        .setNodeId(-1)
                        .setHost("")
                        .setPort(-1);
            } else {
                response.setHost(endpoint.host()).setPort(endpoint.port());
            }
        }
        for (FindCoordinatorResponseData.Coordinator coordinator : response.coordinators()) {
            if (coordinator.host().isEmpty()) {
                continue;
            }
            Endpoint endpoint = advertised.of(coordinator.nodeId());
            if (endpoint == null) {
                coordinator
                        .setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code())
                        .setNodeId(-1)
                        .setHost("")
                        .setPort(-1);
            } else {
                coordinator.setHost(endpoint.host()).setPort(endpoint.port());
            }
        }
    }

    private void rewrite(DescribeClusterResponseData response) {
        response.setClusterId(visibleClusterId(virtualCluster, response.clusterId()));
        boolean controllers = response.endpointType() == CONTROLLERS;
        response.brokers().removeIf(broker -> {
            Endpoint endpoint = controllers ? null : advertised.of(broker.brokerId());
            if (endpoint != null) {
                broker.setHost(endpoint.host()).setPort(endpoint.port());
            }
            return endpoint == null;
        });
        if (isNowhere(response.controllerId())) {
            response.setControllerId(MetadataResponse.NO_CONTROLLER_ID);
        }
    }

    private static void rewrite(DescribeConfigsResponseData response) {
        response.results().stream()
                .filter(result -> result.resourceType() == ConfigResource.Type.BROKER.id())
                .forEach(result -> result.configs().removeIf(config -> ADDRESS_CONFIGS.contains(config.name())));
    }
}
