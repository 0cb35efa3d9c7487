/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the host name that a client asks for in the first message of its TLS handshake (SNI), and leaves: what follows in the pipeline gets
 * that message as if nobody had looked.
 */
final class ServerNameReader extends AbstractSniHandler<String> {

    /** As Netty has it: a ClientHello with post-quantum key shares has about 2 KiB. */
    private static final int LONGEST_HELLO = 0xFFFF;

    private final Consumer<Optional<String>> named;
    private boolean decided;

    /** @param named gets the name in small letters, empty when there is none, and closes the channel or adds what comes next */
    ServerNameReader(Duration patience, Consumer<Optional<String>> named) {
        super(LONGEST_HELLO, patience.toMillis());
        this.named = named;
    }

    @Override
    protected Future<String> lookup(ChannelHandlerContext context, String serverName) {
        return context.executor().newSucceededFuture(serverName);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, String serverName, Future<String> future) {
        // A connection that is being closed is decoded to its end, and that must not open it again.
        if (decided) {
            return;
        }
        decided = true;
        named.accept(Optional.ofNullable(serverName));
        if (context.channel().isOpen()) {
            context.pipeline().remove(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
