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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** One coordinator, and the connection to it while there is something to ask. Belongs to the cluster's event loop. */
final class GroupCoordinator {

    /** Descriptions have all members with what they are assigned, and are read on a loop that serves clients as well. */
    private static final int MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

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
    private final Node node;
    private final String address;
    private final GroupProblems problems;
    private final Duration idle;
    private final Runnable closed;
    private final QuestionQueue questions;

    private @Nullable OpenConnection connection;
    private @Nullable Future<?> closing;

    private record Description(
            ApiKeys api,
            Function<List<String>, ApiMessage> request,
            Function<ApiMessage, Stream<Described>> described) {}

    /** What a coordinator says of a group to one description. */
    record Described(String groupId, short errorCode, String state) {

        Presence presence() {
            return switch (Errors.forCode(errorCode)) {
                case NONE -> state.equals(DEAD) ? Presence.ABSENT : Presence.PRESENT;
                // Of a group that is there, members name topics that the gateway must not describe.
                case TOPIC_AUTHORIZATION_FAILED -> Presence.PRESENT;
                // Groups of that type are switched off.
                case GROUP_ID_NOT_FOUND, UNSUPPORTED_VERSION -> Presence.ABSENT;
                default -> Presence.UNKNOWN;
            };
        }
    }

    /** In the order in which one word counts more than another. */
    enum Presence {
        ABSENT,
        UNKNOWN,
        PRESENT;

        Presence or(Presence other) {
            return compareTo(other) < 0 ? other : this;
        }
    }

    /**
     * @param idle for how long the connection is kept when nothing is asked
     * @param closed called when it is closed for that
     */
    GroupCoordinator(
            BrokerConnector connector,
            EventLoop loop,
            Node node,
            GroupProblems problems,
            Duration idle,
            Runnable closed) {
        this.connector = connector;
        this.loop = loop;
        this.node = node;
        this.problems = problems;
        this.idle = idle;
        this.closed = closed;
        this.address = node.host() + ":" + node.port();
        this.questions = new QuestionQueue(address, loop, this::describe, problems);
    }

    void ask(List<GroupQuestion> asked) {
        questions.add(asked);
    }

    private CompletableFuture<Void> describe(List<GroupQuestion> batch) {
        if (closing != null) {
            closing.cancel(false);
        }
        closing = loop.schedule(this::closeIfIdle, idle.toMillis(), TimeUnit.MILLISECONDS);
        return describeIn(batch);
    }

    private CompletableFuture<Void> describeIn(List<GroupQuestion> batch) {
        return connection()
                .thenCompose(
                        opened -> Cluster.versions(opened).thenCompose(versions -> describe(opened, versions, batch)))
                .exceptionallyCompose(failure -> split(batch, failure));
    }

    /** Of a group of which there is too much to say, that is the answer: it is there. */
    private CompletableFuture<Void> split(List<GroupQuestion> batch, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof ResponseTooLargeException)) {
            return CompletableFuture.failedFuture(cause);
        }
        closeConnection();
        if (batch.size() == 1) {
            answer(batch.get(0), Presence.PRESENT);
            return CompletableFuture.completedFuture(null);
        }
        int half = batch.size() / 2;
        return describeIn(batch.subList(0, half)).thenCompose(done -> describeIn(batch.subList(half, batch.size())));
    }

    private CompletableFuture<OpenConnection> connection() {
        OpenConnection open = connection;
        if (open != null && open.isUsable()) {
            return CompletableFuture.completedFuture(open);
        }
        return connector.open(loop, node.host(), node.port(), null, true).thenApply(opened -> {
            closeConnection();
            opened.requests().limitResponses(MAX_RESPONSE_BYTES);
            connection = opened;
            return opened;
        });
    }

    private CompletableFuture<Void> describe(
            OpenConnection opened, BrokerVersions versions, List<GroupQuestion> batch) {
        batch.forEach(GroupQuestion::send);
        List<String> groupIds = batch.stream().map(GroupQuestion::groupId).toList();
        Map<String, Presence> presences = new HashMap<>();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (Description description : DESCRIPTIONS) {
            short version = versions.usable(description.api());
            if (version >= 0) {
                asked.add(opened.requests()
                        .send(description.api(), version, description.request().apply(groupIds))
                        .thenAccept(response -> description
                                .described()
                                .apply(response)
                                .forEach(group -> {
                                    presences.merge(group.groupId(), group.presence(), Presence::or);
                                    if (group.presence() == Presence.UNKNOWN) {
                                        problems.report(address + ": " + description.api().name + ": "
                                                + Errors.forCode(group.errorCode()));
                                    }
                                })));
            }
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenRun(() -> batch.forEach(
                        question -> answer(question, presences.getOrDefault(question.groupId(), Presence.UNKNOWN))));
    }

    private void answer(GroupQuestion question, Presence presence) {
        if (presence == Presence.UNKNOWN) {
            question.answer().completeExceptionally(new IllegalStateException(address + " does not say"));
            return;
        }
        question.answer().complete(presence == Presence.PRESENT);
    }

    private void closeIfIdle() {
        if (questions.isIdle()) {
            close();
        } else {
            closing = loop.schedule(this::closeIfIdle, idle.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void close() {
        if (closing != null) {
            closing.cancel(false);
        }
        closeConnection();
        closed.run();
    }

    private void closeConnection() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
