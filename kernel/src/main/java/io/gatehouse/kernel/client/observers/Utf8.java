/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client.observers;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as it was sent, or none: where a name would be replaced by another one, nobody knows what the broker makes of it. */
final class Utf8 {

    private Utf8() {}

    /**
     * @param maximum bytes: the broker's own patterns for messages need stack in proportion to what they read
     * @throws IllegalArgumentException when it is larger or not well-formed; the text holds nothing of the message
     */
    static String text(byte[] bytes, int maximum, String what) {
        if (bytes.length > maximum) {
            throw new IllegalArgumentException(
                    what + ": " + bytes.length + " bytes (expected: at most " + maximum + ")");
        }
        return text(bytes, what);
    }

    /** @throws IllegalArgumentException when it is not well-formed; the text holds nothing of the message */
    static String text(byte[] bytes, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + ": not well-formed (expected: UTF-8)");
        }
    }
}
