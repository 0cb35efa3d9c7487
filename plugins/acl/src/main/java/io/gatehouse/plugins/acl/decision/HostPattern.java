/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl.decision;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The host of a binding: {@code *}, an address as text, or a network such as {@code 192.168.0.0/24} or {@code 2001:db8::/32} (KIP-1276).
 * Immutable.
 */
public sealed interface HostPattern {

    /** Every host. */
    HostPattern ANY = new Any();

    /** See {@link #ANY}. */
    record Any() implements HostPattern {
        @Override
        public boolean matches(InetAddress address, String text) {
            return true;
        }
    }

    /** One address, compared as text, as Kafka does. */
    record Exactly(String text) implements HostPattern {
        @Override
        public boolean matches(InetAddress address, String addressText) {
            return text.equals(addressText);
        }
    }

    /** A network: the first {@code bits} bits of an address. */
    final class Network implements HostPattern {
        private final byte[] address;
        private final int bits;

        private Network(byte[] address, int bits) {
            this.address = address;
            this.bits = bits;
        }

        @Override
        public boolean matches(InetAddress client, String text) {
            byte[] other = client.getAddress();
            int whole = bits / 8;
            int rest = bits % 8;
            return address.length == other.length
                    && Arrays.equals(address, 0, whole, other, 0, whole)
                    && (rest == 0 || ((address[whole] ^ other[whole]) & 0xff) >>> 8 - rest == 0);
        }
    }

    /**
     * Whether it counts for a client.
     *
     * @param text {@code address.getHostAddress()}
     */
    boolean matches(InetAddress address, String text);

    /** @throws IllegalArgumentException when it looks like a network and is none */
    static HostPattern parse(String host) {
        if (host.equals("*")) {
            return ANY;
        }
        int slash = host.indexOf('/');
        if (slash < 0) {
            return new Exactly(host);
        }
        String network = host.substring(0, slash);
        int bits = bits(host.substring(slash + 1));
        if (!Literals.isOne(network) || bits < 0 || bits > 8 * literal(network).length) {
            throw new IllegalArgumentException(
                    "\"" + host + "\" (expected: *, an address, or a network such as 192.168.0.0/24 or 2001:db8::/32)");
        }
        return new Network(literal(network), bits);
    }

    private static int bits(String text) {
        return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
    }

    private static byte[] literal(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("\"" + address + "\" (expected: an address)", e);
        }
    }

    /** Addresses that are looked up nowhere. */
    final class Literals {
        private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}");
        private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

        private Literals() {}

        static boolean isOne(String text) {
            if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
                return false;
            }
            try {
                literal(text);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }
}
