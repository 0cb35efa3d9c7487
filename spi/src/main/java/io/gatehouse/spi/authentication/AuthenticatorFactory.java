/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import io.gatehouse.spi.ExtensionFactory;

/**
 * Extension point: authentication. An entry {@code {type: <name>, ...}} under a listener's or virtual cluster's {@code authentication}
 * becomes one {@link Authenticator}.
 *
 * <p>When the plugin arrives, connections that waited for it can authenticate from then on; when it is replaced, new connections use the
 * new one while exchanges under way finish on the old; when it leaves, new connections that would choose it are refused as ones that may
 * be retried, and connections that have authenticated stay, until their credentials expire. Once it is there again they are asked about
 * ({@link Authenticator#refresh}) before their next request is forwarded.
 */
public interface AuthenticatorFactory<C extends Record> extends ExtensionFactory<C> {

    /**
     * Creates an authenticator.
     *
     * @throws IllegalArgumentException when the configuration cannot work; the message names the value and the expectation
     */
    Authenticator create(C config, AuthenticatorContext context);
}
