/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.interception.TopicNames;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
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

    @Override
    public Uuid id(Field field, Uuid id, Object owner) {
        if (!id.equals(Uuid.ZERO_UUID) && names.nameOf(id).isEmpty()) {
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
