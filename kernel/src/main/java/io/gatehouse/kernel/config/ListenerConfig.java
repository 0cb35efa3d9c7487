/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An entry of {@code listeners}: addresses with ports on which clients connect, and where they lead. Immutable. */
public record ListenerConfig(
        @Description("What logs, metrics and policies call it.")
        String name,

        @Description("The addresses to bind.") @Default("[127.0.0.1]")
        List<String> addresses,

        @Description(
                "Ports and ranges, ascending: the first port is the bootstrap, then one per node from minNodeId on. With route.sni all are alike, and one does.")
        List<PortRange> ports,

        @Description("The host that clients are told; the first address when left out. Not with route.sni.")
        Optional<String> advertisedHost,

        @Description(
                "The port that clients are told for the first port; the others shift by as much. The first port when left out.")
        Optional<Integer> advertisedPort,

        @Description("The lowest node id: it gets the port after the first.") @Default("0")
        int minNodeId,

        @Description("Where connections lead.") RouteConfig route,

        @Description(
                "TLS by a Kafka broker's property names (ssl.keystore.location, ssl.client.auth, ...); plaintext when left out.")
        @Default("{}")
        Map<String, Object> tls,

        @Description(
                "More key stores: a client gets the certificate that is for the host name it asks for (SNI), else that of tls.")
        @Default("[]")
        List<CertificateConfig> certificates,

        @Description("The listener is behind load balancers that speak the PROXY protocol, version 1 or 2.")
        Optional<ProxyProtocolConfig> proxyProtocol,

        @Description("How clients may authenticate, at least one entry.")
        List<AuthenticationEntry> authentication,

        @Description("Whether passwords and tokens are accepted without TLS from other machines.") @Default("false")
        boolean allowPlaintextCredentials) {

    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]", "*");
    private static final int HIGHEST_PORT = 65535;

    public ListenerConfig {
        Names.require("name", name);
        if (addresses.isEmpty() || addresses.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "addresses: " + addresses + " (expected: addresses such as 127.0.0.1 or 0.0.0.0)");
        }
        requireAscending(ports);
        if (authentication.isEmpty()) {
            throw new IllegalArgumentException(
                    "authentication: empty (expected: at least one entry such as {type: plain})");
        }
        if (minNodeId < 0) {
            throw new IllegalArgumentException("minNodeId: " + minNodeId + " (expected: 0 or more)");
        }
        if (tls.isEmpty() && !certificates.isEmpty()) {
            throw new IllegalArgumentException(
                    "certificates: without tls (expected: with tls, which has the certificate of all other names)");
        }
        if (route.sni().isPresent()) {
            requireFitsSni(tls, advertisedHost, advertisedPort, minNodeId);
        } else {
            requireAdvertisable(addresses, ports, advertisedHost, advertisedPort);
        }
    }

    private static void requireFitsSni(
            Map<String, Object> tls, Optional<String> advertisedHost, Optional<Integer> advertisedPort, int minNodeId) {
        if (tls.isEmpty()) {
            throw new IllegalArgumentException(
                    "tls: missing (expected: ssl.keystore.location and more, as route.sni reads the TLS handshake)");
        }
        if (advertisedHost.isPresent()) {
            throw new IllegalArgumentException("advertisedHost: \"" + advertisedHost.get()
                    + "\" (expected: left out, as route.sni says what hosts are called)");
        }
        if (minNodeId != 0) {
            throw new IllegalArgumentException(
                    "minNodeId: " + minNodeId + " (expected: left out, as route.sni has names for all nodes)");
        }
        if (advertisedPort.isPresent() && (advertisedPort.get() < 1 || advertisedPort.get() > HIGHEST_PORT)) {
            throw new IllegalArgumentException(
                    "advertisedPort: " + advertisedPort.get() + " (expected: 1-" + HIGHEST_PORT + ")");
        }
    }

    private static void requireAdvertisable(
            List<String> addresses,
            List<PortRange> ports,
            Optional<String> advertisedHost,
            Optional<Integer> advertisedPort) {
        if (advertisedHost.isEmpty() && isWildcard(addresses.get(0))) {
            throw new IllegalArgumentException(
                    "advertisedHost: missing (expected: a host name that clients can resolve, as " + addresses.get(0)
                            + " is none)");
        }
        if (advertisedHost.isPresent() && (advertisedHost.get().isBlank() || isWildcard(advertisedHost.get()))) {
            throw new IllegalArgumentException("advertisedHost: \"" + advertisedHost.get()
                    + "\" (expected: a host name that clients can resolve)");
        }
        int shift = advertisedPort.orElse(ports.get(0).first()) - ports.get(0).first();
        int last = ports.get(ports.size() - 1).last() + shift;
        if (advertisedPort.isPresent() && (advertisedPort.get() < 1 || last > HIGHEST_PORT)) {
            throw new IllegalArgumentException("advertisedPort: " + advertisedPort.get()
                    + " (expected: 1-"
                    + (HIGHEST_PORT - (last - shift - ports.get(0).first())) + ", so that all ports shift to 1-"
                    + HIGHEST_PORT
                    + ")");
        }
    }

    private static void requireAscending(List<PortRange> ports) {
        if (ports.isEmpty()) {
            throw new IllegalArgumentException(
                    "ports: empty (expected: at least one port or range such as 19092-19192)");
        }
        for (int index = 1; index < ports.size(); index++) {
            int before = ports.get(index - 1).last();
            if (ports.get(index).first() <= before) {
                throw new IllegalArgumentException("ports[" + index + "]: " + ports.get(index)
                        + " (expected: ports above " + before + ", as ports ascend)");
            }
        }
    }

    /** Whether an address stands for all of a machine. */
    static boolean isWildcard(String address) {
        return WILDCARDS.contains(address);
    }

    /** The host that clients are told. */
    public String hostToAdvertise() {
        return advertisedHost.orElse(addresses.get(0));
    }

    /** {@code tls} by Kafka's names; empty for plaintext. */
    public Map<String, String> tlsProperties() {
        Map<String, String> properties = new HashMap<>();
        tls.forEach((name, value) -> properties.put(name, String.valueOf(value)));
        return properties;
    }

    /** The lowest port: the bootstrap. */
    public int firstPort() {
        return ports.get(0).first();
    }

    /** The port that clients are told for a bound one. */
    public int portToAdvertise(int boundPort) {
        return boundPort + advertisedPort.orElse(firstPort()) - firstPort();
    }
}
