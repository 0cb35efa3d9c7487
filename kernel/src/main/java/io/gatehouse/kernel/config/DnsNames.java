/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.util.regex.Pattern;

/** The rules for parts of the host names by which clients are told apart. */
public final class DnsNames {

    /** With it, {@code broker-2147483647-<label>} is a label of DNS still, which has 63 characters. */
    private static final int LONGEST_LABEL = 45;

    private static final int LONGEST_SUFFIX = 190;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
    private static final Pattern SUFFIX = Pattern.compile("(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+");

    private DnsNames() {}

    /**
     * Checks a label, which stands for a virtual cluster or a cluster in a host name.
     *
     * @param key where it stands, for the message
     * @throws IllegalArgumentException when it is none
     */
    public static void requireLabel(String key, String label) {
        if (label.length() > LONGEST_LABEL || !LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException(key + ": " + Trees.show(label) + " (expected: 1 to " + LONGEST_LABEL
                    + " small letters, digits or dashes, no dash first or last)");
        }
    }

    /**
     * Checks what host names end with.
     *
     * @param key where it stands, for the message
     * @throws IllegalArgumentException when it does not begin with a dot or can end no host name
     */
    static void requireSuffix(String key, String suffix) {
        if (suffix.length() > LONGEST_SUFFIX || !SUFFIX.matcher(suffix).matches()) {
            throw new IllegalArgumentException(key + ": " + Trees.show(suffix)
                    + " (expected: a dot and the end of a host name in small letters, such as .kafka.example.org)");
        }
    }
}
