/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.authentication;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.Experimental;
import io.gatehouse.spi.ExtensionFactory;
import io.gatehouse.spi.NoConfig;
import java.util.Set;

/**
 * Extension point: how to learn who a client is from a SASL exchange between it and a broker. With {@code {type: delegated}} only
 * mechanisms are offered that somebody observes: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER are the kernel's own, which an
 * extension cannot replace.
 *
 * <p>When the plugin arrives, its mechanisms are offered from then on; when it leaves, they are not, and connections that have
 * authenticated stay.
 */
@Experimental
public interface SaslObserverFactory extends ExtensionFactory<NoConfig> {

    @Override
    default Class<NoConfig> configType() {
        return NoConfig.class;
    }

    /** The SASL mechanisms, by their IANA names. Never empty, never changing. */
    Set<String> mechanisms();

    /**
     * Starts to watch an exchange. Called on the connection's event loop; must not block.
     *
     * @param mechanism one of {@link #mechanisms()}
     */
    SaslObserver observe(String mechanism, ConnectionInfo connection);
}
