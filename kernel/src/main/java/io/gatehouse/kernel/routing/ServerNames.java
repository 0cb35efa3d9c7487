/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The host names of a listener that routes by what clients ask for in their TLS handshake. Every gateway with the same configuration has the
 * same. Immutable.
 *
 * <p>Examples with the suffix {@code .kafka.example.org}, tested by {@code ServerNamesTest}:
 *
 * <pre>
 * separate                            shared                              label    node
 * bootstrap.team-a.kafka.example.org  bootstrap-team-a.kafka.example.org  team-a   none: the bootstrap
 * broker-7.team-a.kafka.example.org   broker-7-team-a.kafka.example.org   team-a   7
 * </pre>
 *
 * @param separator between what a name stands for and the label
 * @param suffix what all names end with, from a dot on
 * @param port the one that clients are told
 */
public record ServerNames(char separator, String suffix, int port) {

    private static final String BOOTSTRAP = "bootstrap";
    private static final String BROKER = "broker-";

    /**
     * @param shared whether all names are in one domain, so that one wildcard certificate covers them
     * @param suffix what all names end with, from a dot on
     * @param port the one that clients are told
     */
    public ServerNames(boolean shared, String suffix, int port) {
        this(shared ? '-' : '.', suffix, port);
    }

    /**
     * What a name stands for.
     *
     * @param node empty for the bootstrap
     */
    public record Meaning(String label, OptionalInt node) {}

    /**
     * What a name in small letters stands for; empty when it is none of these. Every label and node has one name only.
     *
     * @return a label that may be anything: whether somebody has it is for others to say
     */
    public Optional<Meaning> read(String serverName) {
        if (!serverName.endsWith(suffix)) {
            return Optional.empty();
        }
        String name = serverName.substring(0, serverName.length() - suffix.length());
        if (name.startsWith(BOOTSTRAP + separator)) {
            return Optional.of(new Meaning(name.substring(BOOTSTRAP.length() + 1), OptionalInt.empty()));
        }
        int end = name.indexOf(separator, BROKER.length());
        if (!name.startsWith(BROKER) || end < 0) {
            return Optional.empty();
        }
        OptionalInt node = nodeId(name.substring(BROKER.length(), end));
        return node.isEmpty() ? Optional.empty() : Optional.of(new Meaning(name.substring(end + 1), node));
    }

    private static OptionalInt nodeId(String text) {
        try {
            int nodeId = Integer.parseInt(text);
            return nodeId >= 0 && Integer.toString(nodeId).equals(text) ? OptionalInt.of(nodeId) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /** The addresses of a label. */
    public Labelled of(String label) {
        return new Labelled(this, label);
    }

    /** The addresses of one label: every node has one. Immutable. */
    public record Labelled(ServerNames names, String label) implements Advertised {

        @Override
        public Endpoint of(int nodeId) {
            return new Endpoint(BROKER + nodeId + names.separator + label + names.suffix, names.port);
        }

        /** What clients are to have as {@code bootstrap.servers}. */
        public Endpoint bootstrap() {
            return new Endpoint(BOOTSTRAP + names.separator + label + names.suffix, names.port);
        }
    }
}
