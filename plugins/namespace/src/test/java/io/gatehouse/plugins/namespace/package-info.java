/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests of namespaces without a network; those with brokers are in {@code integration-tests}. */
@NullMarked
package io.gatehouse.plugins.namespace;

import org.jspecify.annotations.NullMarked;
