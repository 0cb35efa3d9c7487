/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.operations.IssuedToken;
import io.gatehouse.spi.operations.UserTokens;
import java.time.Duration;

/** A {@link PlainAuthenticator} with tokens: only such a one is a {@link UserTokens}. */
final class TokenAuthenticator extends PlainAuthenticator implements UserTokens {

    private final Tokens tokens;

    /** @param config one that has tokens */
    TokenAuthenticator(PlainConfig config, AuthenticatorContext context) {
        super(config, context);
        this.tokens = tokens().orElseThrow();
    }

    @Override
    public IssuedToken issue(String username, Duration lifetime) {
        return tokens.issue(username, lifetime);
    }
}
