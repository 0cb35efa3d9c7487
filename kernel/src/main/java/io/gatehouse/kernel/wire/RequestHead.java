/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request frame: what the gateway must know before the first byte goes on. One object per connection, filled again for
 * every frame; no strings.
 *
 * <pre>
 * size int32 | api key int16 | api version int16 | correlation id int32 | client id nullable string | [tagged fields]
 *                                                    Produce only: | transactional id nullable string | acks int16
 * </pre>
 *
 * <p>Produce is read further than the others because {@code acks=0} decides whether a response will come.
 */
public final class RequestHead {

    /** A head that is not complete within so many bytes closes the connection. */
    public static final int MAX_BYTES = 64 * 1024;

    private static final int CLIENT_ID = 12;

    /** From API key to client id: no header of the APIs that the gateway knows is shorter. */
    private static final int MIN_SIZE = 10;

    private int length;
    private short apiKey;
    private short apiVersion;
    private int correlationId;
    private boolean expectsResponse;

    /**
     * Reads the head that starts at {@code at}.
     *
     * @param maxSize the largest frame, without its 4 bytes of size
     * @return false when more bytes are needed
     * @throws FrameException when this cannot be a request
     */
    public boolean read(ByteBuf in, int at, int end, int maxSize) {
        if (end - at < 4) {
            return false;
        }
        int size = in.getInt(at);
        requireSize(size, maxSize);
        if (end - at < CLIENT_ID + 2) {
            return false;
        }
        length = 4 + size;
        int clientIdLength = in.getShort(at + CLIENT_ID);
        if (clientIdLength < -1 || clientIdLength > size - MIN_SIZE) {
            throw new FrameException(
                    "client id length: " + clientIdLength + " (expected: -1-" + (size - MIN_SIZE) + ")");
        }
        apiKey = in.getShort(at + 4);
        apiVersion = in.getShort(at + 6);
        correlationId = in.getInt(at + 8);
        expectsResponse = true;
        if (apiKey != ApiKeys.PRODUCE.id || !ApiKeys.PRODUCE.isVersionSupported(apiVersion)) {
            return true;
        }
        return readProduce(in, at, (int) Math.min(end, (long) at + Math.min(length, MAX_BYTES)));
    }

    /**
     * Holds the frame to a smaller limit than the one that it was read with.
     *
     * @throws FrameException when it is larger
     */
    public void requireSize(int maxSize) {
        requireSize(length - 4, maxSize);
    }

    private static void requireSize(int size, int maxSize) {
        if (size < MIN_SIZE || size > maxSize) {
            throw new FrameException("request size: " + size + " (expected: " + MIN_SIZE + "-" + maxSize + ")");
        }
    }

    private boolean readProduce(ByteBuf in, int at, int end) {
        boolean flexible = Apis.isFlexible(ApiKeys.PRODUCE, apiVersion);
        int next = Bytes.afterNullableString(in, at + CLIENT_ID, end);
        if (next != Bytes.INCOMPLETE && flexible) {
            next = Bytes.afterTaggedFields(in, next, end);
        }
        if (next != Bytes.INCOMPLETE) {
            next = flexible ? Bytes.afterCompactString(in, next, end) : Bytes.afterNullableString(in, next, end);
        }
        if (next == Bytes.INCOMPLETE || end - next < 2) {
            if (end - at >= Math.min(MAX_BYTES, length)) {
                throw new FrameException("request head: more than " + (end - at) + " bytes (expected: up to "
                        + Math.min(MAX_BYTES, length) + ")");
            }
            return false;
        }
        expectsResponse = in.getShort(next) != 0;
        return true;
    }

    /** Whether the client id of the frame that starts at {@code at} has arrived whole. */
    public static boolean hasClientId(ByteBuf in, int at, int end) {
        return Bytes.afterNullableString(in, at + CLIENT_ID, end) != Bytes.INCOMPLETE;
    }

    /** The client id of the frame that starts at {@code at}; null when the client sent none. */
    public static @Nullable String clientIdAt(ByteBuf in, int at) {
        int length = in.getShort(at + CLIENT_ID);
        return length < 0 ? null : in.toString(at + CLIENT_ID + 2, length, StandardCharsets.UTF_8);
    }

    /** Of the frame, with its 4 bytes of size. */
    public int length() {
        return length;
    }

    /** As sent: may be unknown. */
    public short apiKey() {
        return apiKey;
    }

    /** As sent: may be unsupported. */
    public short apiVersion() {
        return apiVersion;
    }

    /** As sent; answered with the same. */
    public int correlationId() {
        return correlationId;
    }

    /** False only for Produce with {@code acks=0}. */
    public boolean expectsResponse() {
        return expectsResponse;
    }
}
