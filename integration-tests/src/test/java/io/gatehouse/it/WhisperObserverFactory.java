/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.SaslObserver;
import io.gatehouse.spi.authentication.SaslObserverFactory;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** Learns the name from a mechanism of one message, which is the name. */
@Extension
public final class WhisperObserverFactory implements SaslObserverFactory {

    static final String MECHANISM = "WHISPER";

    @Override
    public String name() {
        return "whisper";
    }

    @Override
    public Set<String> mechanisms() {
        return Set.of(MECHANISM);
    }

    @Override
    public SaslObserver observe(String mechanism, ConnectionInfo connection) {
        return new SaslObserver() {
            private String name = "";

            @Override
            public void clientMessage(byte[] message) {
                name = new String(message, StandardCharsets.UTF_8);
                if (name.equals("mallory")) {
                    throw new IllegalArgumentException("mallory");
                }
            }

            @Override
            public Optional<String> brokerMessage(byte[] message) {
                return Optional.of(name);
            }
        };
    }
}
