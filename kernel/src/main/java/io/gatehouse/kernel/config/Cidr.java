/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses that operators write as {@code 10.0.0.0/8}, {@code 2001:db8::/32} or {@code 192.0.2.7}. Immutable. */
public final class Cidr {

    private static final Pattern FORM = Pattern.compile("([0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?:/(\\d{1,3}))?");
    private static final Pattern FOUR_NUMBERS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private final String text;
    private final byte[] network;
    private final int bits;

    private Cidr(String text, byte[] network, int bits) {
        this.text = text;
        this.network = network;
        this.bits = bits;
    }

    /** @throws IllegalArgumentException with the value and the expectation; names are not looked up */
    public static Cidr parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw invalid(text);
        }
        byte[] network = literal(text, matcher.group(1));
        int bits = matcher.group(2) == null ? network.length * Byte.SIZE : Integer.parseInt(matcher.group(2));
        if (bits > network.length * Byte.SIZE) {
            throw invalid(text);
        }
        for (int bit = bits; bit < network.length * Byte.SIZE; bit++) {
            if (bitOf(network, bit)) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" (expected: a network, of which all bits after the first " + bits + " are 0)");
            }
        }
        return new Cidr(text.strip(), network, bits);
    }

    private static byte[] literal(String text, String address) {
        if (address.indexOf(':') < 0 && !FOUR_NUMBERS.matcher(address).matches()) {
            throw invalid(text);
        }
        try {
            // In brackets it is taken for an address of version 6, or refused, and never for a name.
            return InetAddress.getByName(address.indexOf(':') < 0 ? address : "[" + address + "]")
                    .getAddress();
        } catch (UnknownHostException e) {
            throw invalid(text);
        }
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                "\"" + text + "\" (expected: an address or network such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32)");
    }

    private static boolean bitOf(byte[] bytes, int bit) {
        return (bytes[bit / Byte.SIZE] & (0x80 >> (bit % Byte.SIZE))) != 0;
    }

    /** Whether an address is one of these. An address of the other version never is. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            if (bitOf(bytes, bit) != bitOf(network, bit)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && text.equals(cidr.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
