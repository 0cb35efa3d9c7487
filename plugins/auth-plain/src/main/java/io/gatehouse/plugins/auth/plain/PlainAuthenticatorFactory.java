/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import org.pf4j.Extension;

/** The extension {@code plain}: SASL/PLAIN and SASL/SCRAM over {@link Account} resources. */
@Extension
public final class PlainAuthenticatorFactory implements AuthenticatorFactory<PlainConfig> {

    private final LoginMeters meters = new LoginMeters();

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public Class<PlainConfig> configType() {
        return PlainConfig.class;
    }

    @Override
    public Authenticator create(PlainConfig config, AuthenticatorContext context) {
        return config.tokens().isPresent()
                ? new TokenAuthenticator(config, context, meters)
                : new PlainAuthenticator(config, context, meters);
    }
}
