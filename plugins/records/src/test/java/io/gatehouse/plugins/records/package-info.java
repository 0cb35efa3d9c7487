/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests of the record policies on the testkit. */
@NullMarked
package io.gatehouse.plugins.records;

import org.jspecify.annotations.NullMarked;
