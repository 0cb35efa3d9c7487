/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Resources: the kernel's kinds, validation, the file store, and immutable snapshots that everything reads. Imports the SPI, {@code
 * config} for binding and the interfaces of {@code identity} that it serves; nothing of the data plane.
 */
@NullMarked
package io.gatehouse.kernel.resources;

import org.jspecify.annotations.NullMarked;
