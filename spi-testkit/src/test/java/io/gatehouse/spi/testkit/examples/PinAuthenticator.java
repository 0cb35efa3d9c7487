/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit.examples;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import io.gatehouse.spi.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.pf4j.Extension;

/** A SASL mechanism {@code PIN}: one message, name and pin with a space between them. */
@Extension
public final class PinAuthenticator implements AuthenticatorFactory<PinAuthenticator.Config> {

    /** @param pins by name */
    public record Config(@Secret Map<String, String> pins) {}

    @Override
    public String name() {
        return "pin";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public Authenticator create(Config config, AuthenticatorContext context) {
        return new Pins(context.name(), config.pins());
    }

    private record Pins(String entry, Map<String, String> pins) implements SaslAuthenticator {

        @Override
        public Set<String> mechanisms() {
            return Set.of("PIN");
        }

        @Override
        public SaslExchange begin(String mechanism, ConnectionInfo connection) {
            return token -> CompletableFuture.completedFuture(SaslStep.completed(check(token)));
        }

        private AuthenticationResult check(byte[] token) {
            String[] parts = new String(token, StandardCharsets.UTF_8).split(" ", 2);
            String pin = pins.getOrDefault(parts[0], "");
            boolean right = parts.length == 2
                    && !pin.isEmpty()
                    && MessageDigest.isEqual(
                            pin.getBytes(StandardCharsets.UTF_8), parts[1].getBytes(StandardCharsets.UTF_8));
            if (!right) {
                return new AuthenticationResult.Rejected("invalid name or pin", "wrong pin for " + parts[0]);
            }
            return new AuthenticationResult.Authenticated(
                    Authentication.of("pin", parts[0]).name(entry).build());
        }
    }
}
