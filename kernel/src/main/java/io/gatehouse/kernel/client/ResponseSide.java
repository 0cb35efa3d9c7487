/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.BrokerConnection;
import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.kernel.interception.Chain;
import io.gatehouse.kernel.interception.Exchange;
import io.gatehouse.kernel.wire.Apis;
import io.gatehouse.kernel.wire.Codec.Decoded;
import io.gatehouse.kernel.wire.FrameException;
import io.gatehouse.kernel.wire.FrameReader;
import io.gatehouse.kernel.wire.FrameReader.Fate;
import io.gatehouse.kernel.wire.FrameRecvAllocator;
import io.gatehouse.kernel.wire.ResponseScanner;
import io.gatehouse.spi.interception.TrafficListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * From the broker to the client: opens the broker connection, matches responses to the requests in flight, takes broker addresses out of
 * those that pass, and collects those that somebody wants.
 */
final class ResponseSide extends ChannelInboundHandlerAdapter implements FrameReader.Handler {

    private static final int HEAD_BYTES = 8;

    /** size, correlation id, throttle time, error code, session id; one more byte where the header has tagged fields. */
    private static final int FETCH_SESSION_ID = 14;

    private static final short FIRST_FETCH_WITH_SESSION = 7;

    private final ClientConnection connection;
    private final ClientServices services;
    private final Admission admission;
    private final ResponseScanner scanner = new ResponseScanner();

    private @Nullable FrameReader reader;
    private @Nullable ChannelHandlerContext context;

    /** What comes from the socket is then not what the frame reader sees, and must not be read into the buffer of a frame. */
    private boolean encrypted = true;

    private @Nullable Node node;
    private boolean dirty;
    private boolean goodbye;
    private boolean deciding;
    private boolean reading = true;
    private boolean handlingRead;
    private int frameLength;
    private @Nullable ByteBuf decidingFrame;
    private long decidingReserved;

    ResponseSide(ClientConnection connection, ClientServices services) {
        this.connection = connection;
        this.services = services;
        this.admission = new Admission(connection, services.budget(), "response", this::resume);
    }

    void attach(ByteBufAllocator allocator) {
        reader = new FrameReader(this, allocator);
    }

    FrameReader reader() {
        if (reader == null) {
            throw new IllegalStateException("not attached to a channel yet");
        }
        return reader;
    }

    // ---- the broker connection

    /** Connects: to the node of the port, or on the bootstrap port to the first of several that answers. */
    void connect(List<Node> candidates) {
        connection.hold(Hold.CONNECTING);
        connect(candidates, 0);
    }

    /** The node that it is connected to; null before. */
    @Nullable
    Node node() {
        return node;
    }

    private void connect(List<Node> candidates, int at) {
        Cluster cluster = connection.route().cluster();
        Node candidate = candidates.get(at);
        cluster.connect(connection.context().channel().eventLoop(), candidate, receiving())
                .whenComplete((connected, failure) -> {
                    if (failure == null) {
                        connected(candidate, connected);
                    } else if (at + 1 < candidates.size() && !connection.isClosed()) {
                        connect(candidates, at + 1);
                    } else {
                        connection.close("broker", "no broker can be reached: " + failure.getMessage());
                    }
                });
    }

    private void connected(Node connectedNode, BrokerConnection connected) {
        if (connection.isClosed()) {
            connected.channel().close();
            return;
        }
        node = connectedNode;
        connected.channel().pipeline().addLast("responses", this);
        connection.brokerSession().begun(connectedNode, connected.sessionLifetimeMillis());
        connection.release(Hold.CONNECTING);
    }

    /** How a broker connection that is to become this one's allocates. */
    FrameRecvAllocator receiving() {
        return new FrameRecvAllocator(() -> encrypted ? null : reader);
    }

    /** Uses a connection over which the client has authenticated itself. */
    void adopt(Node authenticatedBy, Channel channel) {
        connected(authenticatedBy, new BrokerConnection(channel, 0));
    }

    boolean isOpen() {
        return context != null && context.channel().isActive();
    }

    /** The highest version that the gateway and the broker of this connection share; -1 when there is none. */
    short usableVersion(ApiKeys api) {
        Node connectedNode = node;
        if (connectedNode == null || ApiVersionsAnswer.isNeverOffered(api, 0)) {
            return -1;
        }
        var state = connection.route().cluster().state();
        return state.versions(connectedNode.id())
                .or(state::commonVersions)
                .map(versions -> versions.usable(api))
                .orElse((short) -1);
    }

    void writeToBroker(ByteBuf bytes) {
        if (context == null) {
            bytes.release();
            return;
        }
        context.write(bytes, context.voidPromise());
        dirty = true;
    }

    /** Writes a collected frame, whose reservation ends when it has left. */
    void writeToBroker(ByteBuf frame, long bytes) {
        if (context == null) {
            frame.release();
            services.budget().release(bytes);
            return;
        }
        context.write(frame).addListener(written -> services.budget().release(bytes));
        dirty = true;
    }

    void flushBroker() {
        if (dirty && context != null) {
            dirty = false;
            context.flush();
        }
    }

    /**
     * The client has gone: what was written is flushed, then the broker sees the end of the stream and finishes by itself.
     *
     * @param flushed run when the broker has been told
     */
    void sayGoodbye(Runnable flushed) {
        ChannelHandlerContext open = context;
        if (open == null) {
            return;
        }
        goodbye = true;
        dirty = false;
        updateReading();
        open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            Farewell.shutdownOutput(open);
            flushed.run();
        });
    }

    void close() {
        reader().close();
        if (decidingFrame != null) {
            releaseDeciding();
        }
        admission.close();
        if (context != null) {
            Farewell.closeWhenFlushed(context);
        }
    }

    // ---- events of the broker's channel

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        encrypted = added.pipeline().get(SslHandler.class) != null;
    }

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        connection.progress();
        handlingRead = true;
        try {
            reader().read((ByteBuf) message);
        } catch (FrameException e) {
            connection.close("broker", "broker " + node + ": " + e.getMessage());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext channel) {
        handlingRead = false;
        connection.flushClient();
        flushBroker();
        updateReading();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext channel) {
        connection.brokerWritable(channel.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext channel) {
        if (goodbye) {
            connection.close("client", "the client closed the connection");
            return;
        }
        if (connection.login().isRefusing()) {
            return;
        }
        if (!connection.isClosed() && node != null) {
            connection.route().cluster().lost(node);
        }
        connection.close("broker", "broker " + node + " closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
        connection.close("broker", "broker connection to " + node + " failed: " + cause);
    }

    boolean isReading() {
        return reading && context != null;
    }

    /** Reads from the broker only while the client takes what comes, and nothing else is waited for. */
    void updateReading() {
        boolean clientTakes = goodbye || connection.isClientWritable();
        if (context == null || connection.isClosed() || (handlingRead && clientTakes)) {
            return;
        }
        boolean read = goodbye || (!deciding && !admission.isWaiting() && clientTakes);
        if (read != reading) {
            reading = read;
            connection.progress();
            context.channel().config().setAutoRead(read);
        }
    }

    // ---- FrameReader.Handler

    @Override
    public Fate head(ByteBuf in, int at, int end) {
        if (end - at < HEAD_BYTES) {
            return Fate.NEED_MORE;
        }
        int size = in.getInt(at);
        if (size < 4) {
            throw new FrameException("response size: " + size + " (expected: 4 or more)");
        }
        var inFlight = connection.inFlight();
        if (inFlight.isEmpty() || inFlight.correlationId() != in.getInt(at + 4)) {
            throw new FrameException("response with correlation id " + in.getInt(at + 4)
                    + (inFlight.isEmpty() ? " (expected: none)" : " (expected: " + inFlight.correlationId() + ")"));
        }
        frameLength = 4 + size;
        short apiKey = inFlight.apiKey();
        short version = inFlight.apiVersion();
        if (inFlight.attachment() instanceof BrokerSession.OwnRequest) {
            return admission.collect(frameLength);
        }
        if (inFlight.attachment() instanceof Exchange exchange) {
            if (exchange.isOwn()) {
                return admission.collect(frameLength);
            }
            if (apiKey == ApiKeys.FETCH.id && version >= FIRST_FETCH_WITH_SESSION) {
                int position = FETCH_SESSION_ID + (Apis.hasTaggedResponseHeader(ApiKeys.FETCH, version) ? 1 : 0);
                if (end - at < Math.min(frameLength, position + 4)) {
                    return Fate.NEED_MORE;
                }
                if (frameLength >= position + 4) {
                    exchange.fetchSession(in.getInt(at + position));
                }
            }
            if (exchange.wantsResponse()) {
                return admission.collect(frameLength);
            }
        }
        if (ResponseScanner.applies(apiKey, version)) {
            scanner.begin(apiKey, version, frameLength);
            return Fate.SCAN;
        }
        return Fate.PASS;
    }

    private void resume() {
        try {
            reader().resume();
        } catch (FrameException e) {
            connection.close("broker", "broker " + node + ": " + e.getMessage());
            return;
        }
        if (!handlingRead) {
            connection.flushClient();
            updateReading();
        }
    }

    @Override
    public int frameLength() {
        return frameLength;
    }

    @Override
    public void scan(ByteBuf in, int at, int length) {
        scanner.scan(in, at, length);
    }

    @Override
    public boolean passed() {
        if (connection.inFlight().attachment() instanceof Exchange exchange) {
            exchange.end();
        }
        leave(frameLength);
        return !connection.inFlight().isEmpty() && connection.inFlight().attachment() instanceof LocalAnswer;
    }

    private void leave(int bytes) {
        var inFlight = connection.inFlight();
        long nanos = System.nanoTime() - inFlight.startNanos();
        ApiKeys api = Apis.byId(inFlight.apiKey());
        services.meters().response(api.id, bytes, nanos);
        connection.countResponse(bytes);
        Chain chain = connection.chain();
        for (TrafficListener listener : chain.traffic()) {
            Traffic.response(listener, api, inFlight.apiVersion(), bytes, nanos);
        }
        inFlight.remove();
        connection.responseLeft();
    }

    @Override
    public void pass(ByteBuf bytes) {
        connection.writeToClient(bytes);
        connection.writeLocalAnswers();
    }

    @Override
    public boolean isHeld() {
        return deciding || admission.isWaiting() || connection.isClosed();
    }

    @Override
    public void collected(ByteBuf frame) {
        if (connection.inFlight().attachment() instanceof BrokerSession.OwnRequest own) {
            collectedOwn(own, frame);
            return;
        }
        Exchange exchange = (Exchange) connection.inFlight().attachment();
        decidingFrame = frame;
        decidingReserved = admission.take();
        deciding = true;
        Decoded response;
        try {
            // An interceptor may keep the response to its own request for as long as it likes, so that one gets memory
            // of its own.
            ByteBuf bytes = exchange.isOwn() ? Unpooled.copiedBuffer(frame) : frame;
            response = services.codec().parseResponse(bytes, exchange.apiKey(), exchange.apiVersion());
        } catch (FrameException e) {
            releaseDeciding();
            throw e;
        }
        if (exchange.isOwn()) {
            connection.inFlight().remove();
            connection.responseLeft();
            exchange.response(response.message(), response.lessThanFrame());
            releaseDeciding();
            connection.writeLocalAnswers();
            resume();
            return;
        }
        exchange.response(response.message(), response.lessThanFrame());
    }

    private void collectedOwn(BrokerSession.OwnRequest own, ByteBuf frame) {
        var inFlight = connection.inFlight();
        long bytes = admission.take();
        try {
            // Whoever asked may keep it.
            ApiMessage response = services.codec()
                    .decodeResponse(Unpooled.copiedBuffer(frame), Apis.byId(inFlight.apiKey()), inFlight.apiVersion());
            inFlight.remove();
            connection.responseLeft();
            own.response().complete(response);
        } finally {
            frame.release();
            services.budget().release(bytes);
        }
        connection.writeLocalAnswers();
    }

    /** The walk of a response towards the client has ended. */
    void decided(ApiMessage response, boolean changed) {
        ByteBuf frame = decidingFrame;
        if (frame == null) {
            return;
        }
        Exchange exchange = (Exchange) connection.inFlight().attachment();
        ByteBuf out = changed
                ? services.codec()
                        .encodeResponse(
                                frame, exchange.apiKey(), exchange.apiVersion(), exchange.correlationId(), response)
                : frame.retain();
        releaseDeciding();
        exchange.end();
        int bytes = out.readableBytes();
        connection.writeToClient(out);
        leave(bytes);
        connection.writeLocalAnswers();
        resume();
        connection.flushClientUnlessReading();
    }

    private void releaseDeciding() {
        deciding = false;
        ByteBuf frame = decidingFrame;
        decidingFrame = null;
        if (frame != null) {
            frame.release();
            services.budget().release(decidingReserved);
        }
    }
}
