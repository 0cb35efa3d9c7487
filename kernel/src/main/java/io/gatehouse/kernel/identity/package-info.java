/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * From the outcome of an authentication to the one user that a connection runs as. Everything that is absent, unknown or late refuses.
 * Imports the SPI, and RE2/J for rules: where mappings, virtual clusters and groups come from is given to it.
 */
@NullMarked
package io.gatehouse.kernel.identity;

import org.jspecify.annotations.NullMarked;
