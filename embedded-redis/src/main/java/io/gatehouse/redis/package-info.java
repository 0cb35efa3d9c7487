/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Real Redis servers for tests: containers where Docker is, else processes. Knows nothing of Gatehouse. */
@NullMarked
package io.gatehouse.redis;

import org.jspecify.annotations.NullMarked;
