/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Black-box tests of the gateway with real clients, real brokers and real plugin jars. */
@NullMarked
package io.gatehouse.it;

import org.jspecify.annotations.NullMarked;
