/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What docs/writing-plugins.md shows, compiled and tested; WritingPluginsTest holds the page to it. */
@NullMarked
package io.gatehouse.spi.testkit.examples;

import org.jspecify.annotations.NullMarked;
