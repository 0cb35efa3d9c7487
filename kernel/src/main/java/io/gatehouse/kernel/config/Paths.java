/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

/** Paths as problems show them: {@code listeners[0].ports[1]}. */
public final class Paths {

    private Paths() {}

    /** The path of a key of the object at a path. */
    public static String key(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The path of an element of the list at a path. */
    public static String index(String path, int index) {
        return path + "[" + index + "]";
    }
}
