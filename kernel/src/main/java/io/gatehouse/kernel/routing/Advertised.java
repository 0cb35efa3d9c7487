/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

import org.jspecify.annotations.Nullable;

/** The addresses under which clients of one route reach nodes. Thread-safe. */
public interface Advertised {

    /** Where clients reach a node; null when it is nowhere: outside the listener's ports. */
    @Nullable
    Endpoint of(int nodeId);
}
