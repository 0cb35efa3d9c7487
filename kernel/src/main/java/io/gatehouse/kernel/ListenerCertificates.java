/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.ListenerTls;
import io.gatehouse.kernel.config.CertificateConfig;
import io.gatehouse.kernel.config.GatehouseConfig;
import io.gatehouse.kernel.config.ListenerConfig;
import io.gatehouse.kernel.config.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The certificates of a listener with TLS, each made anew when its files have changed. Thread-safe. */
final class ListenerCertificates {

    private final ReloadedTls standard;
    private final List<ReloadedTls> others = new ArrayList<>();

    /** @throws UnusableException when TLS cannot work */
    ListenerCertificates(ListenerConfig config) {
        Map<String, String> properties = config.tlsProperties();
        standard = load("tls", properties);
        for (CertificateConfig certificate : config.certificates()) {
            Map<String, String> changed = new HashMap<>(properties);
            changed.keySet().removeIf(name -> name.startsWith("ssl.keystore.") || name.equals("ssl.key.password"));
            changed.putAll(certificate.properties());
            others.add(load("certificates[" + others.size() + "]", changed));
        }
    }

    private static ReloadedTls load(String key, Map<String, String> properties) {
        try {
            return new ReloadedTls(properties);
        } catch (IllegalArgumentException e) {
            throw new UnusableException(key, e);
        }
    }

    /** What would keep the listeners of a configuration from starting. Reads the files. */
    static List<Problem> problems(GatehouseConfig config) {
        List<Problem> problems = new ArrayList<>();
        for (int index = 0; index < config.listeners().size(); index++) {
            ListenerConfig listener = config.listeners().get(index);
            try {
                if (!listener.tls().isEmpty()) {
                    new ListenerCertificates(listener);
                }
            } catch (UnusableException e) {
                problems.add(e.problem("listeners[" + index + "]"));
            }
        }
        return problems;
    }

    /** Whether a host name may decide. */
    boolean areSeveral() {
        return !others.isEmpty();
    }

    /** For new connections that ask for no host name. */
    ListenerTls current() {
        return standard.current();
    }

    /** For new connections that ask for a host name, in small letters. */
    ListenerTls current(String serverName) {
        ListenerTls best = standard.current();
        int fits = best.fits(serverName);
        for (ReloadedTls other : others) {
            ListenerTls candidate = other.current();
            if (candidate.fits(serverName) > fits) {
                best = candidate;
                fits = candidate.fits(serverName);
            }
        }
        return best;
    }

    /** Reads files, so it is not for event loops. */
    void reloadIfChanged() {
        standard.reloadIfChanged();
        others.forEach(ReloadedTls::reloadIfChanged);
    }

    /** TLS that cannot work. */
    static final class UnusableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String key;

        private UnusableException(String key, IllegalArgumentException cause) {
            super(cause.getMessage(), cause);
            this.key = key;
        }

        /** @param listener its path in the bootstrap file */
        Problem problem(String listener) {
            return new Problem(listener + "." + key, getMessage());
        }
    }
}
