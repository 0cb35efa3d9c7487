/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * Reads the fields that this Kafka defines, and skips tagged ones that it does not. A later Kafka may add such a field to a version that is
 * known here, with a name in it that no policy can see.
 */
final class KnownFields extends ByteBufferAccessor {

    private final ByteBuffer bytes;
    private boolean skipped;

    KnownFields(ByteBuffer bytes) {
        super(bytes);
        this.bytes = bytes;
    }

    /** Whether there was a field that is not known. */
    boolean skipped() {
        return skipped;
    }

    @Override
    public List<RawTaggedField> readUnknownTaggedField(List<RawTaggedField> unknown, int tag, int size) {
        if (size < 0 || size > bytes.remaining()) {
            throw new IllegalArgumentException(
                    "tag " + tag + ": " + size + " bytes (expected: 0 to " + bytes.remaining() + ")");
        }
        bytes.position(bytes.position() + size);
        skipped = true;
        return unknown;
    }
}
