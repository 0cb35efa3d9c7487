/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.plugins.PluginGuard;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.AuthenticationResult;
import io.gatehouse.spi.authentication.TlsAuthenticator;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What {@link GuardedSasl} is for SASL. Thread-safe. */
record GuardedTls(TlsAuthenticator authenticator, PluginGuard guard) implements TlsAuthenticator {

    @Override
    public CompletionStage<AuthenticationResult> authenticate(
            List<X509Certificate> certificates, ConnectionInfo connection) {
        return GuardedSasl.call(guard, "authentication", () -> authenticator.authenticate(certificates, connection));
    }

    @Override
    public boolean yieldsGroups() {
        return GuardedSasl.call(guard, "groups of authentication", authenticator::yieldsGroups);
    }

    @Override
    public CompletionStage<Optional<Authentication>> refresh(Authentication earlier) {
        return GuardedSasl.call(guard, "refresh of authentication", () -> authenticator.refresh(earlier));
    }
}
