/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.apis;

import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.InterceptionContext;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/** Requests that may name topics by their ids: judged when the names are known, which they mostly are at once. */
final class TopicIds {

    /** More than the cluster may take to be asked. */
    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));

    private TopicIds() {}

    /** Handles requests of an API when the names of their topic ids are known, or cannot be known. */
    static <M extends ApiMessage> void handle(
            Subscriptions on,
            ApiKeys api,
            Class<M> type,
            Function<M, Stream<Uuid>> ids,
            BiFunction<M, RequestContext, Decision> judge) {
        on.requestAsync(
                api,
                type,
                DEADLINE,
                (request, context) ->
                        known(ids.apply(request).toList(), context).thenApply(known -> judge.apply(request, context)));
    }

    /** Completes, with nothing, when the names are known or cannot be known. */
    static CompletionStage<Void> known(List<Uuid> ids, InterceptionContext context) {
        List<Uuid> unknown = ids.stream()
                .filter(id -> !id.equals(Uuid.ZERO_UUID))
                .filter(id -> context.topics().nameOf(id).isEmpty())
                .toList();
        return unknown.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : context.topics().namesOf(unknown).thenAccept(names -> {});
    }

    /**
     * What a topic of a request is refused with, or NONE. An id that nobody knows is not forwarded: the broker might meet it in the next
     * moment.
     *
     * @param name used without an id
     */
    static Errors judge(
            Access access, InterceptionContext context, AclOperation operation, String name, Uuid id, boolean byId) {
        String known = byId ? context.topics().nameOf(id).orElse(null) : name;
        if (known == null) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        return access.may(context, operation, ResourceType.TOPIC, known)
                ? Errors.NONE
                : Errors.TOPIC_AUTHORIZATION_FAILED;
    }

    /** What a topic that is given by name is refused with, or NONE. */
    static Errors named(Access access, InterceptionContext context, AclOperation operation, String name) {
        return judge(access, context, operation, name, Uuid.ZERO_UUID, false);
    }
}
