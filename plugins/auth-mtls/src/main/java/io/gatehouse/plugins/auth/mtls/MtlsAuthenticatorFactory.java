/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.mtls;

import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import org.pf4j.Extension;

/** Offers {@code mtls}: the client is who its TLS certificate says. */
@Extension
public final class MtlsAuthenticatorFactory implements AuthenticatorFactory<MtlsConfig> {

    @Override
    public String name() {
        return "mtls";
    }

    @Override
    public Class<MtlsConfig> configType() {
        return MtlsConfig.class;
    }

    @Override
    public Authenticator create(MtlsConfig config, AuthenticatorContext context) {
        return new MtlsAuthenticator(config);
    }
}
