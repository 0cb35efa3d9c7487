/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.AuthenticationMethods;
import io.gatehouse.kernel.client.ClientListener;
import io.gatehouse.kernel.client.ListenerTls;
import io.gatehouse.kernel.routing.Route;
import java.util.Optional;

/** A listener under its name, whatever the bootstrap file says of it now: connections that are open follow a reload. Thread-safe. */
final class RunningListener implements ClientListener {

    private volatile ConfiguredListener now;

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

    @Override
    public String name() {
        return now.name();
    }

    @Override
    public Optional<Route> route(int port) {
        return now.route(port);
    }

    @Override
    public AuthenticationMethods methods() {
        return now.methods();
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
