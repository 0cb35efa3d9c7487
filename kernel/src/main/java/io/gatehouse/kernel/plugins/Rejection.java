/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

/** Why a jar is refused: for machines, and as one sentence for people. */
record Rejection(RejectionCode code, String message) {

    static Rejection of(PluginRejectedException e) {
        return new Rejection(e.code(), e.getMessage());
    }
}
