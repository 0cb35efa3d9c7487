/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Resources: named, declarative objects ({@code kind}, {@code metadata.name}, {@code spec}) that operators manage by file or HTTP API. A
 * plugin brings its own kinds; storage, validation of the shape and the API come from the kernel.
 */
@NullMarked
package io.gatehouse.spi.resources;

import org.jspecify.annotations.NullMarked;
