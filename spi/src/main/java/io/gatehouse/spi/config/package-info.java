/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Annotations and value types for the records that configuration and resource specs are bound to. The kernel does the binding. */
@NullMarked
package io.gatehouse.spi.config;

import org.jspecify.annotations.NullMarked;
