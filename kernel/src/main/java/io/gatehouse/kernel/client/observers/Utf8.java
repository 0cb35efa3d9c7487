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
