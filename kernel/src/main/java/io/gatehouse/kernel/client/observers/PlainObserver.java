/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client.observers;

import io.gatehouse.spi.authentication.SaslObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PLAIN (RFC 4616): one message {@code [authzid] NUL authcid NUL passwd}, and the broker's word. As at a broker, an authorization id may
 * only repeat the name ({@code PlainSaslServer}).
 */
final class PlainObserver implements SaslObserver {

    private @Nullable String name;

    @Override
    public void clientMessage(byte[] message) {
        if (name != null) {
            throw new IllegalArgumentException("PLAIN: a second message (expected: one)");
        }
        String[] parts = Utf8.text(message, "PLAIN message").split("\0", -1);
        if (parts.length != 3 || parts[1].isEmpty()) {
            throw new IllegalArgumentException("PLAIN: malformed (expected: [authzid] NUL authcid NUL passwd)");
        }
        if (!parts[0].isEmpty() && !parts[0].equals(parts[1])) {
            throw new IllegalArgumentException("PLAIN: an authorization id that is not the user's name");
        }
        name = parts[1];
    }

    @Override
    public Optional<String> brokerMessage(byte[] message) {
        return Optional.ofNullable(name);
    }
}
