/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import org.pf4j.Extension;

/** Offers {@code oauth}: the client is who a token of a trusted issuer says. */
@Extension
public final class OAuthAuthenticatorFactory implements AuthenticatorFactory<OAuthConfig> {

    @Override
    public String name() {
        return "oauth";
    }

    @Override
    public Class<OAuthConfig> configType() {
        return OAuthConfig.class;
    }

    @Override
    public Authenticator create(OAuthConfig config, AuthenticatorContext context) {
        return new OAuthAuthenticator(config, context);
    }
}
