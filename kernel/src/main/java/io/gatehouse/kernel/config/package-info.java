/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The bootstrap file: reading YAML, placeholders, and binding to records with every problem reported at once. Also binds plugins'
 * configuration and the specs of resources. Imports the SPI and Jackson, no other kernel package.
 */
@NullMarked
package io.gatehouse.kernel.config;

import org.jspecify.annotations.NullMarked;
