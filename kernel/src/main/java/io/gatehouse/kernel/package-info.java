/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** The kernel: boot, drain and stop. {@code Gatehouse} wires all rooms; nothing imports it. */
@NullMarked
package io.gatehouse.kernel;

import org.jspecify.annotations.NullMarked;
