/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One configured way to authenticate: by SASL or by the TLS handshake. Serves all connections that choose it, so it is thread-safe.
 *
 * <p>When the plugin is replaced, new connections use the new one; exchanges under way finish on the old.
 */
public sealed interface Authenticator extends AutoCloseable permits SaslAuthenticator, TlsAuthenticator {

    /**
     * Whether an earlier result still holds, asked after {@link AuthenticatorContext#changed()}, and of the new authenticator
     * after a replacement, for every connection that was authenticated by the entry, before its next request is forwarded. Must not block. A failed stage counts as "may pass": the connection is
     * closed and may come again.
     *
     * @return the result as it would be now, with the same identifier; empty to close the connection
     */
    default CompletionStage<Optional<Authentication>> refresh(Authentication earlier) {
        return CompletableFuture.completedFuture(Optional.of(earlier));
    }

    /**
     * Whether its authentications may have groups. Where nobody says so, a policy for a group that nothing else yields is a mistake, which
     * operators are told of.
     */
    default boolean yieldsGroups() {
        return true;
    }

    /** Called when no connection uses it any more, on a kernel thread. */
    @Override
    default void close() {}
}
