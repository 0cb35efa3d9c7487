/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.nio.file.Path;

/**
 * A private copy of a jar, which nobody replaces or deletes while it is loaded.
 *
 * @param file the original's name in the plugins folder
 * @param hash SHA-256 of the copy, in hex
 * @param path the copy
 */
record StagedJar(String file, String hash, Path path) {

    /** Enough of the hash to tell two generations apart in a log. */
    String shortHash() {
        return hash.substring(0, 8);
    }
}
