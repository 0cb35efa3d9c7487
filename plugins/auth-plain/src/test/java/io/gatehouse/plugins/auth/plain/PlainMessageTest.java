/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainMessageTest {

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0alice\0s\u00e9cret", "alice\0alice\0s\u00e9cret"})
    void nameAndPasswordAreRead(String text) throws Exception {
        PlainMessage message = PlainMessage.parse(utf8(text));

        assertThat(message.username()).isEqualTo("alice");
        assertThat(message.password()).isEqualTo(utf8("s\u00e9cret"));
        assertThat(message.toString()).doesNotContain("cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "alice",
                "\0alice",
                "alice\0secret",
                "\0\0secret",
                "\0alice\0",
                "\0alice\0secret\0",
                "\0alice\0sec\0ret",
                "bob\0alice\0secret",
                "\0\0"
            })
    void whatIsNotSuchAMessageIsRefusedWithoutNamingThePassword(String text) {
        assertThatThrownBy(() -> PlainMessage.parse(utf8(text)))
                .isInstanceOf(PlainMessage.MalformedException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] inName = {0, (byte) 0xFF, 0, 'x'};
        byte[] inPassword = {0, 'x', 0, (byte) 0xC0, (byte) 0x80};

        assertThatThrownBy(() -> PlainMessage.parse(inName)).hasMessage("authcid: not UTF-8");
        assertThatThrownBy(() -> PlainMessage.parse(inPassword)).hasMessage("passwd: not UTF-8");
    }

    @Test
    void aMessageThatIsTooLongIsRefused() {
        byte[] message = utf8("\0alice\0" + "x".repeat(PlainMessage.MAX_BYTES));

        assertThatThrownBy(() -> PlainMessage.parse(message))
                .hasMessageContaining("8199 bytes (expected: at most 8192)");
    }
}
