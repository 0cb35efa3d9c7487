/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi;

/** The configuration of an extension that has none: any key is refused. */
public record NoConfig() {}
