/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.ProvidedByGateway;

/** What the kernel gives to one configured authenticator. Thread-safe. */
@ProvidedByGateway
public interface AuthenticatorContext {

    /** The {@code name} of the entry under {@code authentication}. */
    String name();

    /** What the plugin's generation shares. */
    PluginContext plugin();

    /**
     * Accounts, keys or whatever this authenticator decides by have changed: connections that it authenticated are asked about again
     * ({@link Authenticator#refresh}) before their next request is forwarded.
     */
    void changed();
}
