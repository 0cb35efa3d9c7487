/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.spi.interception.TrafficListener;
import io.netty.buffer.ByteBuf;

/** A response that the gateway made, waiting for its turn among those in flight. */
record LocalAnswer(ByteBuf frame, TrafficListener[] traffic) {}
