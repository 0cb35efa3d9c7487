/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.SaslExchange;
import io.gatehouse.spi.authentication.SaslStep;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks for the user's name and then for anything at all; every answer is the version of its jar. */
public final class TwoStepAuthenticatorFactory implements AuthenticatorFactory<NoConfig> {

    static final String MECHANISM = "TWO-STEP";

    @Override
    public String name() {
        return "two-step";
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public Authenticator create(NoConfig config, AuthenticatorContext context) {
        return new SaslAuthenticator() {
            @Override
            public Set<String> mechanisms() {
                return Set.of(MECHANISM);
            }

            @Override
            public SaslExchange begin(String mechanism, ConnectionInfo connection) {
                return new TwoSteps();
            }
        };
    }

    private static final class TwoSteps implements SaslExchange {
        private String user = "";

        @Override
        public CompletionStage<SaslStep> evaluate(byte[] token) {
            byte[] version = JarVersion.get().getBytes(StandardCharsets.UTF_8);
            if (user.isEmpty()) {
                user = new String(token, StandardCharsets.UTF_8);
                return CompletableFuture.completedFuture(new SaslStep.Challenge(version));
            }
            Authentication authentication = Authentication.of(MECHANISM, user).build();
            return CompletableFuture.completedFuture(
                    new SaslStep.Completed(version, new AuthenticationResult.Authenticated(authentication)));
        }
    }
}
