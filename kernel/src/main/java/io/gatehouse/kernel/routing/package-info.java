/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * From a listener's port, or the host name that a client asks for, to virtual cluster and node, and back: what clients see as the addresses
 * of nodes. Imports {@code broker} and {@code wire}.
 */
@NullMarked
package io.gatehouse.kernel.routing;

import org.jspecify.annotations.NullMarked;
