/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.routing.Route;
import java.net.InetAddress;
import java.util.Optional;

/** What a connection needs to know of the listener that accepted it. Thread-safe; answers may change while running. */
public interface ClientListener {

    /** As configured. */
    String name();

    /** Whether connections begin with a load balancer's PROXY header. */
    boolean expectsProxyHeader();

    /** Whether an address is that of a load balancer whose PROXY header is believed. */
    boolean trustsProxy(InetAddress address);

    /** Whether the host name that a client asks for in its TLS handshake decides where it goes; its port does not matter then. */
    boolean routesByServerName();

    /** Whether that name may decide which certificate it gets. */
    boolean choosesCertificates();

    /** Where a connection to a bound port goes; empty when its virtual cluster or cluster does not exist at the moment. */
    Optional<Route> route(int port);

    /** Where a connection goes that asks for a host name, in small letters; empty when that leads nowhere at the moment. */
    Optional<Route> route(String serverName);

    /** Whether who comes now the way an open connection came gets to the same place still. */
    boolean stillLeads(Route route);

    /** How clients of a route may authenticate. */
    AuthenticationMethods methods(Route route);

    /** TLS towards clients; empty for plaintext. */
    Optional<ListenerTls> tls();

    /** TLS towards clients that ask for a host name, in small letters; empty for plaintext. */
    Optional<ListenerTls> tls(String serverName);

    /** Whether passwords and tokens are accepted from other machines without TLS. */
    boolean allowsPlaintextCredentials();

    /** Whether a cluster may be used without authentication. */
    boolean allowsAnonymous(String cluster);

    /** Whether a virtual cluster's users may do what acts on the whole cluster. */
    boolean allowsClusterOperations(String virtualCluster);

    /** Whether users without a virtual cluster are refused. */
    boolean mandatoryVirtualCluster();
}
