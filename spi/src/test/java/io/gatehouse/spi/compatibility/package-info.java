/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** The rule that the SPI stays binary compatible. */
@NullMarked
package io.gatehouse.spi.compatibility;

import org.jspecify.annotations.NullMarked;
