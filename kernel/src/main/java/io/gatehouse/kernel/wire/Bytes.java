/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.netty.buffer.ByteBuf;

/** Reads Kafka's primitive types at absolute positions, saying "more bytes are needed" instead of throwing. */
final class Bytes {

    /** The value is not complete yet. */
    static final int INCOMPLETE = -1;

    private Bytes() {}

    /** The position after the unsigned varint at {@code at}, or {@link #INCOMPLETE}. */
    static int afterVarint(ByteBuf in, int at, int end) {
        for (int length = 1; at < end; length++) {
            if (in.getByte(at++) >= 0) {
                return at;
            }
            if (length == 5) {
                throw new FrameException("unsigned varint: more than 5 bytes (expected: 1-5)");
            }
        }
        return INCOMPLETE;
    }

    /** The unsigned varint at {@code at}, which is known to be complete. */
    static int varint(ByteBuf in, int at) {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            int b = in.getByte(at++);
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                if (value < 0) {
                    throw new FrameException("unsigned varint: " + value + " (expected: 0 or more)");
                }
                return value;
            }
        }
    }

    /** The position after the nullable string with a 2-byte length at {@code at}, or {@link #INCOMPLETE}. */
    static int afterNullableString(ByteBuf in, int at, int end) {
        if (end - at < 2) {
            return INCOMPLETE;
        }
        int length = in.getShort(at);
        if (length < -1) {
            throw new FrameException("string length: " + length + " (expected: -1 or more)");
        }
        int after = at + 2 + Math.max(length, 0);
        return after <= end ? after : INCOMPLETE;
    }

    /** The position after the compact (nullable) string at {@code at}, or {@link #INCOMPLETE}. */
    static int afterCompactString(ByteBuf in, int at, int end) {
        int after = afterVarint(in, at, end);
        if (after == INCOMPLETE) {
            return INCOMPLETE;
        }
        long next = after + Math.max(varint(in, at) - 1L, 0);
        return next <= end ? (int) next : INCOMPLETE;
    }

    /** The position after the tagged fields at {@code at}, or {@link #INCOMPLETE}. */
    static int afterTaggedFields(ByteBuf in, int at, int end) {
        int next = afterVarint(in, at, end);
        if (next == INCOMPLETE) {
            return INCOMPLETE;
        }
        for (int fields = varint(in, at); fields > 0; fields--) {
            int size = afterVarint(in, next, end);
            if (size == INCOMPLETE) {
                return INCOMPLETE;
            }
            int value = afterVarint(in, size, end);
            if (value == INCOMPLETE) {
                return INCOMPLETE;
            }
            long after = (long) value + varint(in, size);
            if (after > end) {
                return INCOMPLETE;
            }
            next = (int) after;
        }
        return next;
    }
}
