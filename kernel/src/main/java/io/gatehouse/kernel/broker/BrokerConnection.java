/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.netty.channel.Channel;

/**
 * A connection to a broker that is ready for requests.
 *
 * @param channel without a handler of the caller's yet
 * @param sessionLifetimeMillis how long the broker lets the gateway's credentials count (KIP-368); 0 for ever
 */
public record BrokerConnection(Channel channel, long sessionLifetimeMillis) {}
