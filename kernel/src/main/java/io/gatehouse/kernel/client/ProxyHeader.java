/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for what {@code HAProxyMessageDecoder} before it has read, says which client that is, and leaves. A header that is missing, late or
 * wrong, or that names no IP address, closes the connection. A load balancer that speaks for itself (v2 {@code LOCAL}, v1 {@code UNKNOWN}), as
 * for health checks, is the client itself.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {

    private final Duration patience;
    private final Consumer<InetSocketAddress> client;
    private final Consumer<String> refusal;
    private @Nullable Future<?> late;
    private boolean decided;

    /**
     * @param client gets the address, and adds what comes next to the pipeline
     * @param refusal gets the reason, and closes the connection
     */
    ProxyHeader(Duration patience, Consumer<InetSocketAddress> client, Consumer<String> refusal) {
        this.patience = patience;
        this.client = client;
        this.refusal = refusal;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        late = context.executor()
                .schedule(
                        () -> refuse("no PROXY header within " + patience), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (late != null) {
            late.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            // A connection that is being closed is decoded to its end, and that must not open it again.
            if (!decided && message instanceof HAProxyMessage header) {
                read(context, header);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(ChannelHandlerContext context, HAProxyMessage header) {
        InetSocketAddress address =
                addressOf(header, (InetSocketAddress) context.channel().remoteAddress());
        if (address == null) {
            refuse("a PROXY header for " + header.proxiedProtocol() + " (expected: TCP4 or TCP6)");
            return;
        }
        decided = true;
        client.accept(address);
        context.pipeline().remove(this);
    }

    private static @Nullable InetSocketAddress addressOf(HAProxyMessage header, InetSocketAddress sender) {
        HAProxyProxiedProtocol protocol = header.proxiedProtocol();
        if (header.command() == HAProxyCommand.LOCAL || protocol == HAProxyProxiedProtocol.UNKNOWN) {
            return sender;
        }
        if (protocol != HAProxyProxiedProtocol.TCP4 && protocol != HAProxyProxiedProtocol.TCP6) {
            return null;
        }
        try {
            byte[] bytes = NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
            return new InetSocketAddress(InetAddress.getByAddress(bytes), header.sourcePort());
        } catch (UnknownHostException e) {
            return null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        refuse("no PROXY header: " + cause.getMessage());
    }

    /** As load balancers do to see whether somebody listens. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        decided = true;
    }

    private void refuse(String reason) {
        if (!decided) {
            decided = true;
            refusal.accept(reason);
        }
    }
}
