/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Says what stands in the fields of a message from now on. Gets no harmless ones. */
interface FieldVisitor {

    /** In place of a value: the nearest element of a list that holds the field has to go. Compared by identity. */
    @SuppressWarnings("StringOperationCanBeSimplified")
    String GONE = new String("gone");

    /** The same for ids. */
    Uuid GONE_ID = Uuid.randomUuid();

    /**
     * A name, or text.
     *
     * @param owner the part of the message that has the field
     * @return the same object when nothing changes
     */
    @Nullable
    String text(Field field, @Nullable String value, Object owner);

    /** The id of a topic; {@link Uuid#ZERO_UUID} when there is none. */
    Uuid id(Field field, Uuid value, Object owner);

    /** The consumer protocol's bytes. */
    byte[] bytes(Field field, byte[] value, Object owner);

    /**
     * A field.
     *
     * @param inList whether several may stand in one message
     */
    record Field(String path, FieldKind kind, boolean inList) {}
}
