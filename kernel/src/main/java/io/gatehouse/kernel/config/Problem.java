/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

/**
 * One thing that is wrong with what an operator wrote. Immutable; never holds a secret.
 *
 * @param path where, such as {@code listeners[0].ports[1]}; empty for the whole
 * @param message the value and the expectation, such as {@code 70000 (expected: 1-65535)}
 */
public record Problem(String path, String message) {

    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
