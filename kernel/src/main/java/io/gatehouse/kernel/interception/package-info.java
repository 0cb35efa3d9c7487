/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Which interceptors apply to a user, the chain that they form on a connection, and running it. Knows brokers only through {@link
 * io.gatehouse.kernel.interception.ChainHost}.
 */
@NullMarked
package io.gatehouse.kernel.interception;

import org.jspecify.annotations.NullMarked;
