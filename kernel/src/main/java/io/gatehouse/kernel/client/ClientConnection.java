/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.interception.Chain;
import io.gatehouse.kernel.interception.ChainHost;
import io.gatehouse.kernel.interception.Exchange;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.kernel.wire.Codec;
import io.gatehouse.kernel.wire.FrameException;
import io.gatehouse.kernel.wire.InFlight;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.ClusterGroups;
import io.gatehouse.spi.interception.TopicNames;
import io.gatehouse.spi.interception.TrafficListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection: holds its state, decides when to read, and ends it. Requests go through {@link RequestSide}, responses through
 * {@link ResponseSide}; {@link Login} finds out who it is. All of it belongs to one event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements ConnectionInfo, ChainHost {

    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);
    private static final AtomicLong IDS = new AtomicLong();
    private static final int MAX_IN_FLIGHT = 1_000;
    private static final TrafficListener[] NOBODY = {};

    private final String id = Long.toString(IDS.incrementAndGet());
    private final ClientServices services;
    private final ClientListener listener;
    private final Route route;
    private final InetSocketAddress client;
    private final InFlight<Object> inFlight = new InFlight<>();
    private final Login login;
    private final RequestSide requests;
    private final ResponseSide responses;
    private final BrokerSession brokerSession;
    private final Watchdog watchdog;

    private ChannelHandlerContext context;
    private int holds;
    private boolean reading;
    private boolean handlingRead;
    private boolean clientDirty;
    private boolean clientGone;
    private boolean goodbye;
    private boolean closed;
    private @Nullable Ending ending;
    private @Nullable Chain chain;
    private final Instant since = Instant.now();
    private long requestCount;
    private long requestBytes;
    private long responseBytes;

    /** Why a connection closes once it has answered what is in flight. */
    private record Ending(String kind, String reason) {}

    /** @param client where it comes from: the other end of the channel, or whom a load balancer at that end speaks for */
    @SuppressWarnings("NullAway.Init")
    ClientConnection(ClientServices services, ClientListener listener, Route route, InetSocketAddress client) {
        this.services = services;
        this.listener = listener;
        this.route = route;
        this.client = client;
        this.login = new Login(this, services, listener, route);
        this.requests = new RequestSide(this, services);
        this.responses = new ResponseSide(this, services);
        this.brokerSession = new BrokerSession(this, services);
        this.watchdog = new Watchdog(this, services.limits());
    }

    // ---- events of the client's channel

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        requests.attach(added.alloc());
        responses.attach(added.alloc());
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        services.connections().add(this);
        active.channel()
                .closeFuture()
                .addListener(gone -> services.connections().remove(this));
        services.meters().accepted();
        reading = true;
        login.begin();
        watchdog.start();
    }

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        watchdog.progress();
        handlingRead = true;
        try {
            requests.reader().read((ByteBuf) message);
        } catch (FrameException e) {
            protocolError(e);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext channel) {
        handlingRead = false;
        responses.flushBroker();
        flushClient();
        updateReading();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext channel) {
        if (channel.channel().isWritable()) {
            release(Hold.CLIENT_FULL);
        } else {
            hold(Hold.CLIENT_FULL);
        }
        responses.updateReading();
    }

    @Override
    public void channelInactive(ChannelHandlerContext channel) {
        clientGone = true;
        if (closed) {
            return;
        }
        boolean forwards = isHeldBy(Hold.RESOLVING | Hold.CONNECTING) || responses.isOpen();
        if (requests.reader().isPassing() || !forwards) {
            close("client", "the client closed the connection");
            return;
        }
        release(Hold.CLIENT_FULL);
        responses.updateReading();
        finishWhenForwarded();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
        if (cause instanceof FrameException frame) {
            protocolError(frame);
            return;
        }
        if (cause instanceof DecoderException) {
            close("tls", "TLS failed: " + (cause.getCause() == null ? cause : cause.getCause()).getMessage());
            return;
        }
        close("client", "client connection failed: " + cause);
    }

    // ---- what the other parts of the connection use

    ChannelHandlerContext context() {
        return context;
    }

    Route route() {
        return route;
    }

    ClientListener clientListener() {
        return listener;
    }

    Login login() {
        return login;
    }

    RequestSide requests() {
        return requests;
    }

    ResponseSide responses() {
        return responses;
    }

    BrokerSession brokerSession() {
        return brokerSession;
    }

    InFlight<Object> inFlight() {
        return inFlight;
    }

    /** The chain of the user; null before there is one. */
    @Nullable
    Chain chain() {
        return chain;
    }

    /** Replaces the chain; counts from the next frame. */
    void chain(Chain next) {
        Chain before = chain;
        chain = next;
        if (before != null) {
            before.release();
        }
    }

    boolean isClosed() {
        return closed;
    }

    boolean isHeld() {
        return closed || (holds & Hold.NO_NEXT_FRAME) != 0 || (isHeldBy(Hold.CLIENT_FULL) && !clientGone);
    }

    boolean isHeldBy(int reason) {
        return (holds & reason) != 0;
    }

    /** Stops for a reason. */
    void hold(int reason) {
        holds |= reason;
        updateReading();
    }

    /** A reason is gone: goes on with what was read, then reads again. */
    void release(int reason) {
        if ((holds & reason) == 0) {
            return;
        }
        holds &= ~reason;
        if (!isHeld()) {
            try {
                requests.reader().resume();
            } catch (FrameException e) {
                protocolError(e);
                return;
            }
        }
        if (!handlingRead) {
            responses.flushBroker();
            flushClient();
            updateReading();
        }
        if (clientGone) {
            finishWhenForwarded();
        }
        closeSoonIfAnswered();
    }

    /** Whether one more request may enter; holds the connection if not. */
    boolean admitsRequest() {
        if (inFlight.size() < MAX_IN_FLIGHT) {
            return true;
        }
        hold(Hold.IN_FLIGHT);
        return false;
    }

    /** For whoever looks at connections. */
    void countRequest(int bytes) {
        requestCount++;
        requestBytes += bytes;
    }

    /** For whoever looks at connections. */
    void countResponse(int bytes) {
        responseBytes += bytes;
    }

    /** From any thread: what there is to see of it, and who the user is; null when it is closed. */
    CompletableFuture<@Nullable OpenConnection> describe() {
        CompletableFuture<@Nullable OpenConnection> described = new CompletableFuture<>();
        context.executor().execute(() -> described.complete(closed ? null : openConnection()));
        return described;
    }

    private OpenConnection openConnection() {
        User user = login.user();
        Node node = responses.node();
        return new OpenConnection(
                id,
                remoteAddress(),
                listener.name(),
                route,
                encrypted(),
                Optional.ofNullable(user),
                node == null ? Optional.empty() : Optional.of(node.id() + " at " + node.host() + ":" + node.port()),
                since,
                requestCount,
                requestBytes,
                responseBytes);
    }

    /** From any thread: finishes what is in flight, then closes. */
    void closeByOperator(String reason) {
        context.executor().execute(() -> {
            if (!closed) {
                log.info("connection {} from {}{} is closed: {}", id, remoteAddress(), login.userForLog(), reason);
                endWhenAnswered("operator", reason);
            }
        });
    }

    /** From any thread: finishes what is in flight, then closes. */
    void closeByReload(String reason) {
        context.executor().execute(() -> endWhenAnswered("reloaded", reason));
    }

    /** A response has left. */
    void responseLeft() {
        if ((holds & Hold.IN_FLIGHT) != 0) {
            release(Hold.IN_FLIGHT);
        }
        closeSoonIfAnswered();
    }

    /** Answers a request of the three that never reach interceptors, when its turn comes. */
    void answer(ApiKeys api, short version, int correlationId, ApiMessage response) {
        answer(api, version, correlationId, response, System.nanoTime(), NOBODY);
    }

    /** Answers a request in the broker's place, when its turn comes. */
    void answer(
            ApiKeys api,
            short version,
            int correlationId,
            ApiMessage response,
            long startNanos,
            TrafficListener[] traffic) {
        ByteBuf frame = services.codec().encodeResponse(api, version, correlationId, response, context.alloc());
        inFlight.add(api.id, version, correlationId, startNanos, new LocalAnswer(frame, traffic));
        writeLocalAnswers();
        flushClientUnlessReading();
    }

    /** Writes answers of the gateway whose turn has come. */
    void writeLocalAnswers() {
        while (!inFlight.isEmpty() && inFlight.attachment() instanceof LocalAnswer answer) {
            int bytes = answer.frame().readableBytes();
            long nanos = System.nanoTime() - inFlight.startNanos();
            services.meters().response(inFlight.apiKey(), bytes, nanos);
            countResponse(bytes);
            for (TrafficListener listener : answer.traffic()) {
                Traffic.response(listener, ApiKeys.forId(inFlight.apiKey()), inFlight.apiVersion(), bytes, nanos);
            }
            inFlight.remove();
            writeToClient(answer.frame());
            responseLeft();
        }
    }

    void writeToClient(ByteBuf bytes) {
        if (clientGone || closed) {
            bytes.release();
            return;
        }
        context.write(bytes, context.voidPromise());
        clientDirty = true;
    }

    void flushClientUnlessReading() {
        if (!handlingRead) {
            flushClient();
        }
    }

    void flushClient() {
        if (clientDirty) {
            clientDirty = false;
            context.flush();
        }
    }

    boolean isHandlingRead() {
        return handlingRead;
    }

    boolean isClientWritable() {
        return clientGone || context.channel().isWritable();
    }

    /** Bytes have moved in some direction. */
    void progress() {
        watchdog.progress();
    }

    // ---- ends

    /** Something that is not Kafka, or too large. */
    void protocolError(FrameException e) {
        close("protocol", e.getMessage());
    }

    /** Ends without an answer after the refusal delay, which Kafka clients retry. */
    void closeSilently(String reason) {
        hold(Hold.CLOSING);
        log.info("connection {} from {}: refused: {}", id, remoteAddress(), reason);
        context.executor()
                .schedule(
                        () -> close("refused", reason),
                        services.limits().refusalDelay().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Takes no more requests, answers those in flight, then closes. */
    void closeAfterResponses(String kind, String reason) {
        hold(Hold.CLOSING);
        log.debug("connection {} from {}: closing: {}", id, remoteAddress(), reason);
        if (ending == null) {
            ending = new Ending(kind, reason);
        }
        closeSoonIfAnswered();
    }

    /** What is in flight is never answered by a broker that is gone. */
    void closeIfUnanswerable() {
        if (!inFlight.isEmpty() && login.isOpen() && !responses.isOpen()) {
            close("broker", "the broker closed the connection");
        }
    }

    /** Not at once: the last response may be on its way through the reader still. */
    private void closeSoonIfAnswered() {
        if (ending != null && inFlight.isEmpty()) {
            context.executor().execute(this::closeIfAnswered);
        }
    }

    private void closeIfAnswered() {
        Ending due = ending;
        if (due != null && inFlight.isEmpty() && !requests.isBusy()) {
            close(due.kind(), due.reason());
        }
    }

    /** From any thread: finishes what is in flight, then closes. */
    void drain() {
        context.executor().execute(() -> endWhenAnswered("drained", "the gateway stops"));
    }

    /** Lets the frame that is passing pass, takes no more, answers what is in flight, then closes. */
    void endWhenAnswered(String kind, String reason) {
        if (requests.reader().isPassing()) {
            requests.endAfterFrame(() -> closeAfterResponses(kind, reason));
            return;
        }
        closeAfterResponses(kind, reason);
    }

    /** From any thread: between two frames, the chain that counts from the next one can be built now. */
    void letRetiredGo() {
        context.executor().execute(() -> {
            Chain current = chain;
            boolean between = !isHeld() && !clientGone && requests.reader().isBetweenFrames();
            if (current != null && between && current.holdsRetired()) {
                login.followInterceptors();
            }
        });
    }

    /** From any thread. */
    void closeIfHolding(Object generation, String reason) {
        context.executor().execute(() -> {
            boolean holds = (chain != null && chain.holds(generation))
                    || requests.holds(generation)
                    || login.holds(generation)
                    || inFlight.anyAttachment(
                            attachment -> attachment instanceof Exchange exchange && exchange.holds(generation));
            if (holds && !closed) {
                log.warn("connection {} from {}{} is closed: {}", id, remoteAddress(), login.userForLog(), reason);
                close("replaced", reason);
            }
        });
    }

    /** From any thread. */
    void closeFromOutside(String reason) {
        context.executor().execute(() -> close("stopped", reason));
    }

    /** Ends both connections at once; what was written is flushed first. */
    void close(String kind, String reason) {
        if (closed) {
            return;
        }
        closed = true;
        log.debug("connection {} from {}: closed: {}", id, remoteAddress(), reason);
        services.meters().closed(kind);
        watchdog.stop();
        login.close();
        brokerSession.close();
        requests.close();
        responses.close();
        releaseInFlight();
        if (chain != null) {
            chain.release();
        }
        if (ending == null) {
            Farewell.closeWhenFlushed(context);
            return;
        }
        Farewell.endWhenFlushed(context);
    }

    private void releaseInFlight() {
        while (!inFlight.isEmpty()) {
            Object attachment = inFlight.attachment();
            inFlight.remove();
            if (attachment instanceof LocalAnswer answer) {
                answer.frame().release();
            } else if (attachment instanceof Exchange exchange) {
                exchange.fail(new ClosedChannelException());
            } else if (attachment instanceof BrokerSession.OwnRequest own) {
                own.response().completeExceptionally(new ClosedChannelException());
            }
        }
    }

    /** The client has gone: what it sent is forwarded and flushed, then the broker is told that nothing more will come. */
    private void finishWhenForwarded() {
        if (closed || goodbye || isHeld() || requests.reader().hasHeld()) {
            return;
        }
        goodbye = true;
        if (!responses.isOpen()) {
            close("client", "the client closed the connection");
            return;
        }
        responses.sayGoodbye(() -> context.executor()
                .schedule(
                        () -> close("client", "the client closed the connection"),
                        Farewell.PATIENCE_SECONDS,
                        TimeUnit.SECONDS));
    }

    // ---- reading and watching

    private void updateReading() {
        // During a read only what fills up stops the next: the others may be over when it ends.
        if (clientGone || closed || (handlingRead && (holds & Hold.FULL) == 0)) {
            return;
        }
        boolean read = holds == 0;
        if (read != reading) {
            reading = read;
            if (read) {
                watchdog.progress();
            }
            context.channel().config().setAutoRead(read);
        }
    }

    /** The broker takes more, or does not. */
    void brokerWritable(boolean writable) {
        if (writable) {
            release(Hold.BROKER_FULL);
        } else {
            hold(Hold.BROKER_FULL);
        }
    }

    /** Whether a peer that may send is in the middle of a frame. */
    boolean isInMidFrame() {
        boolean clientStalls = reading && !requests.reader().isBetweenFrames();
        boolean brokerStalls = responses.isReading() && !responses.reader().isBetweenFrames();
        return clientStalls || brokerStalls;
    }

    // ---- ConnectionInfo and ChainHost

    @Override
    public String id() {
        return id;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return client;
    }

    @Override
    public String listener() {
        return listener.name();
    }

    @Override
    public boolean encrypted() {
        return context.pipeline().get(SslHandler.class) != null;
    }

    /** Whether nothing that it says leaves this machine: a load balancer that speaks for the client may be elsewhere. */
    boolean isFromThisMachine() {
        InetSocketAddress sender = (InetSocketAddress) context.channel().remoteAddress();
        return client.getAddress().isLoopbackAddress()
                && sender != null
                && sender.getAddress().isLoopbackAddress();
    }

    /** The client's certificates of the TLS handshake, verified, its own first; empty without. */
    List<X509Certificate> clientCertificates() {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        return tls == null ? List.of() : ListenerTls.clientCertificates(tls);
    }

    @Override
    public EventExecutor executor() {
        return context.executor();
    }

    @Override
    public ConnectionInfo connection() {
        return this;
    }

    @Override
    public TopicNames topics() {
        return route.cluster().topics();
    }

    @Override
    public ClusterGroups groups() {
        return route.cluster().groups();
    }

    @Override
    public Codec codec() {
        return services.codec();
    }

    @Override
    public short brokerVersion(ApiKeys api) {
        return responses.usableVersion(api);
    }

    @Override
    public void sendOwn(Exchange exchange) {
        requests.sendOwn(exchange);
    }
}
