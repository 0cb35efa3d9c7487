/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** Finds the ids in a message whose names have to be asked for, and changes nothing. */
final class TopicIds implements FieldVisitor {

    private final TopicNames names;
    private List<Uuid> unknown = List.of();

    private TopicIds(TopicNames names) {
        this.names = names;
    }

    static List<Uuid> unknownIn(ApiMessage message, MessageShape shape, TopicNames names) {
        TopicIds ids = new TopicIds(names);
        shape.visit(message, ids);
        return ids.unknown;
    }

    /**
     * Asks for the names of ids. The broker of the connection is asked last: it may know of a topic before the one that the gateway asks,
     * and what it does not know it cannot serve either.
     *
     * @return completes on the event loop, whether they are known then or not
     */
    static CompletionStage<Void> learn(List<Uuid> ids, RequestContext context) {
        return context.topics()
                .namesOf(ids)
                .handle((names, failure) -> ids.stream()
                        .filter(id -> context.topics().nameOf(id).isEmpty())
                        .toList())
                .thenCompose(unknown -> unknown.isEmpty()
                        ? CompletableFuture.completedFuture(null)
                        : context.send(byIds(unknown)).handle((response, failure) -> null));
    }

    private static MetadataRequestData byIds(List<Uuid> ids) {
        return new MetadataRequestData()
                .setTopics(ids.stream()
                        .map(id -> new MetadataRequestData.MetadataRequestTopic()
                                .setTopicId(id)
                                .setName(null))
                        .toList())
                .setAllowAutoTopicCreation(false);
    }

    @Override
    public Uuid id(Field field, Uuid id, Object owner) {
        if (!id.equals(Uuid.ZERO_UUID)
                && !RequestNames.isForgotten(owner)
                && names.nameOf(id).isEmpty()) {
            if (unknown.isEmpty()) {
                unknown = new ArrayList<>();
            }
            unknown.add(id);
        }
        return id;
    }

    @Override
    public @Nullable String text(Field field, @Nullable String value, Object owner) {
        return value;
    }

    @Override
    public byte[] bytes(Field field, byte[] value, Object owner) {
        return value;
    }
}
