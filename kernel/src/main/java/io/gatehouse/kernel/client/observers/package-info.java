/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Who a client is, read from a SASL exchange that is relayed to its broker: one observer per mechanism, each reading messages with the
 * broker's own classes where there are some, so that both see the same name. Imports nothing of the kernel.
 */
@NullMarked
package io.gatehouse.kernel.client.observers;

import org.jspecify.annotations.NullMarked;
