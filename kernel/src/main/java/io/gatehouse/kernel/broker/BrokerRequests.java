/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.kernel.wire.Codec;
import io.gatehouse.kernel.wire.FrameException;
import io.gatehouse.kernel.wire.FrameReader;
import io.gatehouse.kernel.wire.InFlight;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Requests of the gateway's own over one broker connection: SASL before the connection is handed over, metadata and versions afterwards.
 * Belongs to the channel's event loop; futures complete on it, and exceptionally when the connection closes or the deadline passes (the
 * connection is then closed, since answers come in order).
 */
final class BrokerRequests extends ChannelInboundHandlerAdapter implements FrameReader.Handler, RequestSender {

    private static final int MAX_RESPONSE_BYTES = 100 * 1024 * 1024;
    private static final String CLIENT_ID = "gatehouse";
    private static final short UNSUPPORTED_VERSION = Errors.UNSUPPORTED_VERSION.code();

    private final Codec codec;
    private final Duration deadline;
    private final InFlight<CompletableFuture<ApiMessage>> inFlight = new InFlight<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable FrameReader reader;
    private int frameLength;
    private int nextCorrelationId;
    private int maxResponseBytes = MAX_RESPONSE_BYTES;

    BrokerRequests(Codec codec, Duration deadline) {
        this.codec = codec;
        this.deadline = deadline;
    }

    /** From now on, a response that is larger closes the connection with a {@link ResponseTooLargeException}, before it is read. */
    void limitResponses(int bytes) {
        maxResponseBytes = bytes;
    }

    @Override
    public CompletableFuture<ApiMessage> send(ApiKeys api, int version, ApiMessage message) {
        CompletableFuture<ApiMessage> response = new CompletableFuture<>();
        ChannelHandlerContext channel = context;
        if (channel == null || !channel.channel().isActive()) {
            response.completeExceptionally(new ClosedChannelException());
            return response;
        }
        int correlationId = nextCorrelationId++;
        ByteBuf frame = codec.encodeRequest(api, (short) version, correlationId, CLIENT_ID, message, channel.alloc());
        inFlight.add(api.id, (short) version, correlationId, System.nanoTime(), response);
        channel.writeAndFlush(frame);
        var timer = channel.executor()
                .schedule(
                        () -> fail(new IOException(api + ": no response within " + deadline)),
                        deadline.toMillis(),
                        TimeUnit.MILLISECONDS);
        response.whenComplete((ignored, failure) -> timer.cancel(false));
        return response;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        reader = new FrameReader(this, added.alloc());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        failAll(new ClosedChannelException());
        if (reader != null) {
            reader.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        if (reader != null) {
            reader.read((ByteBuf) message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext channel) {
        failAll(new IOException("the broker closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
        fail(cause);
    }

    private void fail(Throwable cause) {
        failAll(cause);
        if (context != null) {
            context.close();
        }
    }

    private void failAll(Throwable cause) {
        while (!inFlight.isEmpty()) {
            CompletableFuture<ApiMessage> response = inFlight.attachment();
            inFlight.remove();
            if (response != null) {
                response.completeExceptionally(cause);
            }
        }
    }

    @Override
    public FrameReader.Fate head(ByteBuf in, int at, int end) {
        if (end - at < 8) {
            return FrameReader.Fate.NEED_MORE;
        }
        int size = in.getInt(at);
        if (size < 4) {
            throw new FrameException("response size: " + size + " (expected: 4-" + maxResponseBytes + ")");
        }
        if (size > maxResponseBytes) {
            throw new ResponseTooLargeException(size, maxResponseBytes);
        }
        if (inFlight.isEmpty() || in.getInt(at + 4) != inFlight.correlationId()) {
            throw new FrameException("correlation id: " + in.getInt(at + 4) + " (expected: that of a request)");
        }
        frameLength = 4 + size;
        return FrameReader.Fate.COLLECT;
    }

    @Override
    public void collected(ByteBuf frame) {
        CompletableFuture<ApiMessage> response = inFlight.attachment();
        ApiKeys api = ApiKeys.forId(inFlight.apiKey());
        short version = inFlight.apiVersion();
        inFlight.remove();
        try {
            ApiMessage message = codec.decodeResponse(frame, api, versionOf(frame, api, version));
            if (response != null) {
                response.complete(message);
            }
        } finally {
            frame.release();
        }
    }

    /** A broker that does not know the version of ApiVersions answers in version 0 with UNSUPPORTED_VERSION (KIP-511). */
    private static short versionOf(ByteBuf frame, ApiKeys api, short version) {
        boolean unsupported =
                api == ApiKeys.API_VERSIONS && frame.getShort(frame.readerIndex() + 8) == UNSUPPORTED_VERSION;
        return unsupported ? 0 : version;
    }

    @Override
    public int frameLength() {
        return frameLength;
    }

    @Override
    public void pass(ByteBuf bytes) {
        bytes.release();
    }

    @Override
    public void scan(ByteBuf in, int at, int length) {}

    @Override
    public boolean passed() {
        return false;
    }

    @Override
    public boolean isHeld() {
        return false;
    }
}
