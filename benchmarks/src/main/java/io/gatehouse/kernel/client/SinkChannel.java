/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A channel that takes what is written and forgets it, without allocating. */
final class SinkChannel extends EmbeddedChannel {

    private static final SocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    SinkChannel(ChannelHandler handler) {
        super(handler);
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer written) {
        while (written.current() != null) {
            written.remove();
        }
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return CLIENT;
    }
}
