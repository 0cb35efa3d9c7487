/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client.observers;

import io.gatehouse.spi.authentication.SaslObserver;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFirstMessage;
import org.jspecify.annotations.Nullable;

/**
 * SCRAM (RFC 5802), read with the broker's own class: the name is in the client's first message, and the client is in when the broker's
 * answer to its second one begins with {@code v=}. {@code tokenauth} is refused: the name would be a delegation token's id, and the broker
 * would take the client for the token's owner.
 */
final class ScramObserver implements SaslObserver {

    private static final int MAX_BYTES = 1024;
    private static final byte[] VERIFIED = "v=".getBytes(StandardCharsets.US_ASCII);

    private @Nullable String name;
    private int messages;

    @Override
    public void clientMessage(byte[] message) {
        messages++;
        if (messages > 2) {
            throw new IllegalArgumentException("SCRAM: a third message (expected: two)");
        }
        if (messages == 2) {
            return;
        }
        Utf8.text(message, MAX_BYTES, "SCRAM message");
        try {
            ClientFirstMessage first = new ClientFirstMessage(message);
            if (!first.extensions().map().isEmpty()) {
                throw new IllegalArgumentException("SCRAM: extensions "
                        + first.extensions().map().keySet()
                        + " (expected: none, as delegation tokens cannot be told from users)");
            }
            String user = ScramFormatter.username(first.saslName());
            if (user.isEmpty()
                    || (!first.authorizationId().isEmpty()
                            && !first.authorizationId().equals(user))) {
                throw new IllegalArgumentException(
                        "SCRAM: no name, or an authorization id that is not the user's name");
            }
            name = user;
        } catch (SaslException e) {
            throw new IllegalArgumentException("SCRAM: malformed first message");
        }
    }

    @Override
    public Optional<String> brokerMessage(byte[] message) {
        boolean verified = message.length > VERIFIED.length && message[0] == VERIFIED[0] && message[1] == VERIFIED[1];
        return messages == 2 && verified ? Optional.ofNullable(name) : Optional.empty();
    }
}
