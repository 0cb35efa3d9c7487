/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Record policies: headers set and removed, records refused on their way in and hidden on their way out, by a condition in CEL. */
@NullMarked
package io.gatehouse.plugins.records;

import org.jspecify.annotations.NullMarked;
