/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/** How a channel ends, so that what was written last still arrives and no peer can keep it open. On the channel's event loop. */
final class Farewell {

    /** How long a peer may take to take what was written. */
    static final long PATIENCE_SECONDS = 5;

    private static final long LINGER_SECONDS = 1;

    private Farewell() {}

    /** Flushes what was written, then closes. */
    static void closeWhenFlushed(ChannelHandlerContext open) {
        ChannelFuture flushed = open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        closeSoonUnless(flushed, open);
    }

    /**
     * Flushes what was written, then ends the stream, and closes a little later. To close while requests are unread would be a reset,
     * which can take the last responses away from the client: those are read first.
     */
    static void endWhenFlushed(ChannelHandlerContext open) {
        ChannelFuture flushed = open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            shutdownOutput(open);
            open.channel().config().setAutoRead(true);
            open.executor().schedule(() -> open.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        });
        closeSoonUnless(flushed, open);
    }

    private static void closeSoonUnless(ChannelFuture flushed, ChannelHandlerContext open) {
        if (!flushed.isDone()) {
            open.executor().schedule(() -> open.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Tells the peer that nothing more will come. */
    static void shutdownOutput(ChannelHandlerContext open) {
        SslHandler tls = open.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
            return;
        }
        ((DuplexChannel) open.channel()).shutdownOutput();
    }
}
