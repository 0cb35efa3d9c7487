/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.User;
import java.util.regex.Pattern;

/** The rules for names that operators give to things. */
public final class Names {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,248}");
    private static final Pattern RESOURCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,248}");

    private Names() {}

    /**
     * Checks the name of something in the bootstrap file, or of a virtual cluster.
     *
     * @param key where it stands, for the message
     * @throws IllegalArgumentException when it is not a name, or reserved
     */
    public static void require(String key, String name) {
        require(key, name, FORM, "dots, dashes or underscores");
    }

    /** Checks the name of a resource, which may also be an account's, such as {@code ann@example.org}. */
    public static void requireResourceName(String key, String name) {
        require(key, name, RESOURCE, "and any of . - _ @ +");
    }

    private static void require(String key, String name, Pattern form, String others) {
        if (!form.matcher(name).matches()) {
            throw new IllegalArgumentException(key + ": " + Trees.show(name) + " (expected: 1 to 249 letters, digits, "
                    + others + ", a letter or digit first)");
        }
        if (name.equals(User.ANONYMOUS) || name.equals(User.PASSTHROUGH)) {
            throw new IllegalArgumentException(
                    key + ": \"" + name + "\" (expected: another name, as this one is reserved)");
        }
    }
}
