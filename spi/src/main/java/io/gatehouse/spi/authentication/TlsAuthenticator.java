/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import io.gatehouse.spi.ConnectionInfo;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Authentication by the certificate of the TLS handshake. See {@link Authenticator} for threading and replacement. */
public non-sealed interface TlsAuthenticator extends Authenticator {

    /**
     * Called on the connection's event loop after a handshake in which the client's certificates were verified against the listener's
     * trust store; must not block.
     *
     * @param certificates the client's own first; never empty
     */
    CompletionStage<AuthenticationResult> authenticate(List<X509Certificate> certificates, ConnectionInfo connection);
}
