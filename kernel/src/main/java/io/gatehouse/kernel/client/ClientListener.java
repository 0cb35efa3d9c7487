/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.routing.Route;
import java.util.Optional;

/** What a connection needs to know of the listener that accepted it. Thread-safe; answers may change while running. */
public interface ClientListener {

    /** As configured. */
    String name();

    /** Where a connection to a bound port goes; empty when its virtual cluster or cluster does not exist at the moment. */
    Optional<Route> route(int port);

    /** How clients may authenticate. */
    AuthenticationMethods methods();

    /** TLS towards clients; empty for plaintext. */
    Optional<ListenerTls> tls();

    /** Whether passwords and tokens are accepted from other machines without TLS. */
    boolean allowsPlaintextCredentials();

    /** Whether a cluster may be used without authentication. */
    boolean allowsAnonymous(String cluster);

    /** Whether a virtual cluster's users may do what acts on the whole cluster. */
    boolean allowsClusterOperations(String virtualCluster);

    /** Whether users without a virtual cluster are refused. */
    boolean mandatoryVirtualCluster();
}
