/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** From an authentication to a user: principal extraction and user mapping, as plugins. Both may be remote; both fail closed. */
@NullMarked
package io.gatehouse.spi.identity;

import org.jspecify.annotations.NullMarked;
