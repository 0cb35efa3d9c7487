/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.kernel.broker.BrokerConnector.OpenConnection;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/**
 * Asks coordinators whether they have groups. A list of groups would not do: while a group moves from one coordinator to the next it stands
 * in none, and nobody says so; a coordinator that is asked for a group says when it is not its own. Belongs to the cluster's event loop.
 */
final class GroupCoordinators {

    static final Duration IDLE = Duration.ofSeconds(60);

    private static final int BATCHED_KEYS = 4;

    private final BrokerConnector connector;
    private final EventLoop loop;
    private final Supplier<CompletableFuture<OpenConnection>> any;
    private final GroupProblems problems;
    private final Duration idle;
    private final QuestionQueue finding;
    private final Map<Node, GroupCoordinator> coordinators = new HashMap<>();

    /**
     * @param any a connection to any broker
     * @param idle for how long the connection to a coordinator is kept that is not asked anything, {@link #IDLE} but in tests
     */
    GroupCoordinators(
            BrokerConnector connector,
            EventLoop loop,
            Supplier<CompletableFuture<OpenConnection>> any,
            GroupProblems problems,
            Duration idle) {
        this.connector = connector;
        this.loop = loop;
        this.any = any;
        this.problems = problems;
        this.idle = idle;
        this.finding = new QuestionQueue(ApiKeys.FIND_COORDINATOR.name, loop, this::find, problems);
    }

    /** Answers questions, on the loop. To be called on any thread. */
    void ask(List<GroupQuestion> questions) {
        loop.execute(() -> finding.add(questions));
    }

    private CompletableFuture<Void> find(List<GroupQuestion> questions) {
        Map<String, GroupQuestion> waiting = new LinkedHashMap<>();
        questions.forEach(question -> waiting.put(question.groupId(), question));
        return any.get()
                .thenCompose(connection -> Cluster.versions(connection)
                        .thenCompose(versions ->
                                find(connection, versions.usable(ApiKeys.FIND_COORDINATOR), waiting.keySet())))
                .thenAccept(found -> passOn(found, waiting));
    }

    private static CompletableFuture<List<FindCoordinatorResponseData.Coordinator>> find(
            OpenConnection connection, short version, Iterable<String> groupIds) {
        List<FindCoordinatorResponseData.Coordinator> found = new ArrayList<>();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        if (version >= BATCHED_KEYS) {
            List<String> keys = new ArrayList<>();
            groupIds.forEach(keys::add);
            asked.add(connection
                    .requests()
                    .send(ApiKeys.FIND_COORDINATOR, version, request().setCoordinatorKeys(keys))
                    .thenAccept(response -> found.addAll(((FindCoordinatorResponseData) response).coordinators())));
        } else {
            for (String groupId : groupIds) {
                asked.add(connection
                        .requests()
                        .send(ApiKeys.FIND_COORDINATOR, version, request().setKey(groupId))
                        .thenAccept(
                                response -> found.add(coordinator(groupId, (FindCoordinatorResponseData) response))));
            }
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(done -> found);
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

    private void passOn(List<FindCoordinatorResponseData.Coordinator> found, Map<String, GroupQuestion> waiting) {
        Map<Node, List<GroupQuestion>> byNode = new HashMap<>();
        for (FindCoordinatorResponseData.Coordinator each : found) {
            GroupQuestion question = waiting.get(each.key());
            if (question == null) {
                continue;
            }
            if (each.errorCode() == Errors.NONE.code()) {
                waiting.remove(each.key());
                byNode.computeIfAbsent(new Node(each.nodeId(), each.host(), each.port()), node -> new ArrayList<>())
                        .add(question);
            } else {
                problems.report(ApiKeys.FIND_COORDINATOR.name + ": " + Errors.forCode(each.errorCode()));
            }
        }
        waiting.values()
                .forEach(question -> question.answer()
                        .completeExceptionally(new IllegalStateException("no coordinator has been found")));
        byNode.forEach((node, questions) -> coordinators
                .computeIfAbsent(
                        node,
                        each -> new GroupCoordinator(
                                connector, loop, each, problems, idle, () -> coordinators.remove(each)))
                .ask(questions));
    }

    void close() {
        List.copyOf(coordinators.values()).forEach(GroupCoordinator::close);
    }
}
