/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.AuthenticationMethods;
import io.gatehouse.kernel.client.ClientListener;
import io.gatehouse.kernel.client.ListenerTls;
import io.gatehouse.kernel.routing.Route;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A listener as the bootstrap file describes it now: connections that are open follow a reload, as long as they lead where they did. One that
 * is to lead elsewhere is another one, and this is retired. Thread-safe.
 */
final class RunningListener implements ClientListener {

    private volatile ConfiguredListener now;
    private volatile boolean retired;

    RunningListener(ConfiguredListener now) {
        this.now = now;
    }

    /** As the bootstrap file describes it now. */
    ConfiguredListener now() {
        return now;
    }

    void become(ConfiguredListener next) {
        now = next;
    }

    /** From now on nobody gets in by it, who has only connected least of all: its connections are about to be closed. */
    void retire() {
        retired = true;
    }

    @Override
    public String name() {
        return now.name();
    }

    @Override
    public Optional<Route> route(int port) {
        return retired ? Optional.empty() : now.route(port);
    }

    @Override
    public Optional<Route> route(String serverName) {
        return retired ? Optional.empty() : now.route(serverName);
    }

    @Override
    public boolean stillLeads(Route route) {
        return now.stillLeads(route);
    }

    @Override
    public AuthenticationMethods methods(Route route) {
        AuthenticationMethods methods = now.methods(route);
        return retired ? methods.suspended() : methods;
    }

    @Override
    public boolean routesByServerName() {
        return now.routesByServerName();
    }

    @Override
    public boolean choosesCertificates() {
        return now.choosesCertificates();
    }

    @Override
    public boolean expectsProxyHeader() {
        return now.expectsProxyHeader();
    }

    @Override
    public boolean trustsProxy(InetAddress address) {
        return now.trustsProxy(address);
    }

    @Override
    public Optional<ListenerTls> tls(String serverName) {
        return now.tls(serverName);
    }

    @Override
    public Optional<ListenerTls> tls() {
        return now.tls();
    }

    @Override
    public boolean allowsPlaintextCredentials() {
        return now.allowsPlaintextCredentials();
    }

    @Override
    public boolean allowsAnonymous(String cluster) {
        return now.allowsAnonymous(cluster);
    }

    @Override
    public boolean allowsClusterOperations(String virtualCluster) {
        return now.allowsClusterOperations(virtualCluster);
    }

    @Override
    public boolean mandatoryVirtualCluster() {
        return now.mandatoryVirtualCluster();
    }
}
