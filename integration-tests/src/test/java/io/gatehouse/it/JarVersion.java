/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** In a plugin's jar: the version of that jar. */
final class JarVersion {

    static final String ENTRY = "jar-version.txt";

    private JarVersion() {}

    static String get() {
        try (InputStream in = JarVersion.class.getResourceAsStream("/" + ENTRY)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
