/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.kernel.broker.BrokerConnector.OpenConnection;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/**
 * Asks coordinators whether they have groups. A list of groups would not do: while a group moves from one coordinator to the next it stands
 * in none, and nobody says so; a coordinator that is asked for a group says when it is not its own. Belongs to the cluster's event loop.
 */
final class GroupCoordinators {

    private static final int BATCHED_KEYS = 4;
    private static final String DEAD = "Dead";

    /** Groups have a type, and each type an API that knows of no other. */
    private static final List<Description> DESCRIPTIONS = List.of(
            new Description(
                    ApiKeys.DESCRIBE_GROUPS,
                    groupIds -> new DescribeGroupsRequestData().setGroups(groupIds),
                    response -> ((DescribeGroupsResponseData) response)
                            .groups().stream()
                                    .map(group ->
                                            new Described(group.groupId(), group.errorCode(), group.groupState()))),
            new Description(
                    ApiKeys.CONSUMER_GROUP_DESCRIBE,
                    groupIds -> new ConsumerGroupDescribeRequestData().setGroupIds(groupIds),
                    response -> ((ConsumerGroupDescribeResponseData) response)
                            .groups().stream()
                                    .map(group ->
                                            new Described(group.groupId(), group.errorCode(), group.groupState()))),
            new Description(
                    ApiKeys.SHARE_GROUP_DESCRIBE,
                    groupIds -> new ShareGroupDescribeRequestData().setGroupIds(groupIds),
                    response -> ((ShareGroupDescribeResponseData) response)
                            .groups().stream()
                                    .map(group ->
                                            new Described(group.groupId(), group.errorCode(), group.groupState()))),
            new Description(
                    ApiKeys.STREAMS_GROUP_DESCRIBE,
                    groupIds -> new StreamsGroupDescribeRequestData().setGroupIds(groupIds),
                    response -> ((StreamsGroupDescribeResponseData) response)
                            .groups().stream()
                                    .map(group ->
                                            new Described(group.groupId(), group.errorCode(), group.groupState()))));

    private final BrokerConnector connector;
    private final EventLoop loop;

    private record Description(
            ApiKeys api,
            Function<List<String>, ApiMessage> request,
            Function<ApiMessage, Stream<Described>> described) {}

    private record Described(String groupId, short errorCode, String state) {

        Presence presence() {
            return switch (Errors.forCode(errorCode)) {
                case NONE -> state.equals(DEAD) ? Presence.ABSENT : Presence.PRESENT;
                // Groups of that type are switched off.
                case GROUP_ID_NOT_FOUND, UNSUPPORTED_VERSION -> Presence.ABSENT;
                default -> Presence.UNKNOWN;
            };
        }
    }

    /** In the order in which one word counts more than another. */
    private enum Presence {
        ABSENT,
        UNKNOWN,
        PRESENT;

        Presence or(Presence other) {
            return compareTo(other) < 0 ? other : this;
        }
    }

    GroupCoordinators(BrokerConnector connector, EventLoop loop) {
        this.connector = connector;
        this.loop = loop;
    }

    /**
     * Whether groups exist.
     *
     * @param any a connection to any broker
     * @return completes on the loop; without those whose coordinator does not say
     */
    CompletableFuture<Map<String, Boolean>> exist(OpenConnection any, Collection<String> groupIds) {
        return find(any, groupIds).thenCompose(coordinators -> {
            Map<String, Boolean> exist = new HashMap<>();
            List<CompletableFuture<?>> asked = new ArrayList<>();
            coordinators.forEach((node, groups) -> asked.add(ask(node, groups).handle((answer, failure) -> {
                if (failure == null) {
                    exist.putAll(answer);
                }
                return null;
            })));
            return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                    .thenApply(done -> exist);
        });
    }

    private static CompletableFuture<Map<Node, List<String>>> find(OpenConnection any, Collection<String> groupIds) {
        return Cluster.versions(any).thenCompose(versions -> {
            short version = versions.usable(ApiKeys.FIND_COORDINATOR);
            Map<Node, List<String>> coordinators = new HashMap<>();
            List<CompletableFuture<?>> asked = new ArrayList<>();
            if (version >= BATCHED_KEYS) {
                FindCoordinatorRequestData request = request().setCoordinatorKeys(List.copyOf(groupIds));
                asked.add(any.requests()
                        .send(ApiKeys.FIND_COORDINATOR, version, request)
                        .thenAccept(response -> ((FindCoordinatorResponseData) response)
                                .coordinators()
                                .forEach(found -> add(coordinators, found))));
            } else {
                for (String groupId : groupIds) {
                    asked.add(any.requests()
                            .send(ApiKeys.FIND_COORDINATOR, version, request().setKey(groupId))
                            .thenAccept(response ->
                                    add(coordinators, coordinator(groupId, (FindCoordinatorResponseData) response))));
                }
            }
            return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                    .thenApply(done -> coordinators);
        });
    }

    private static FindCoordinatorRequestData request() {
        return new FindCoordinatorRequestData().setKeyType(CoordinatorType.GROUP.id());
    }

    private static FindCoordinatorResponseData.Coordinator coordinator(
            String groupId, FindCoordinatorResponseData response) {
        return new FindCoordinatorResponseData.Coordinator()
                .setKey(groupId)
                .setErrorCode(response.errorCode())
                .setNodeId(response.nodeId())
                .setHost(response.host())
                .setPort(response.port());
    }

    private static void add(Map<Node, List<String>> coordinators, FindCoordinatorResponseData.Coordinator found) {
        if (found.errorCode() == Errors.NONE.code()) {
            coordinators
                    .computeIfAbsent(new Node(found.nodeId(), found.host(), found.port()), node -> new ArrayList<>())
                    .add(found.key());
        }
    }

    private CompletableFuture<Map<String, Boolean>> ask(Node coordinator, List<String> groupIds) {
        return connector
                .open(loop, coordinator.host(), coordinator.port(), null, true)
                .thenCompose(opened -> Cluster.versions(opened)
                        .thenCompose(versions -> describe(opened, versions, groupIds))
                        .whenComplete((answer, failure) -> opened.close()));
    }

    private static CompletableFuture<Map<String, Boolean>> describe(
            OpenConnection coordinator, BrokerVersions versions, List<String> groupIds) {
        Map<String, Presence> presences = new HashMap<>();
        List<CompletableFuture<?>> asked = DESCRIPTIONS.stream()
                .filter(description -> versions.usable(description.api()) >= 0)
                .map(description -> coordinator
                        .requests()
                        .send(
                                description.api(),
                                versions.usable(description.api()),
                                description.request().apply(groupIds))
                        .thenAccept(response -> description
                                .described()
                                .apply(response)
                                .forEach(group -> presences.merge(group.groupId(), group.presence(), Presence::or))))
                .collect(Collectors.toList());
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(done -> {
            Map<String, Boolean> exist = new HashMap<>();
            presences.forEach((groupId, presence) -> {
                if (presence != Presence.UNKNOWN) {
                    exist.put(groupId, presence == Presence.PRESENT);
                }
            });
            return exist;
        });
    }
}
