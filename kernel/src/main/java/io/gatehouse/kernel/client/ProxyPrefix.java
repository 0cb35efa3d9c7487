/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Passes on what begins like a PROXY header, and leaves; refuses everything else at its first wrong byte, where {@code HAProxyMessageDecoder}
 * would wait for the end of a line.
 */
final class ProxyPrefix extends ByteToMessageDecoder {

    private static final byte[] VERSION_1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION_2 = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    private final Runnable refusal;
    private boolean refused;

    /** @param refusal closes the connection */
    ProxyPrefix(Runnable refusal) {
        this.refusal = refusal;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (!refused && (isWhole(VERSION_1, in) || isWhole(VERSION_2, in))) {
            context.pipeline().remove(this);
            return;
        }
        if (!refused && !beginsLike(VERSION_1, in) && !beginsLike(VERSION_2, in)) {
            refused = true;
            refusal.run();
        }
        if (refused) {
            in.skipBytes(in.readableBytes());
        }
    }

    private static boolean isWhole(byte[] prefix, ByteBuf in) {
        return in.readableBytes() >= prefix.length && beginsLike(prefix, in);
    }

    private static boolean beginsLike(byte[] prefix, ByteBuf in) {
        int length = Math.min(prefix.length, in.readableBytes());
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
