/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.interception.Chain;
import io.gatehouse.kernel.interception.Exchange;
import io.gatehouse.kernel.wire.Apis;
import io.gatehouse.kernel.wire.Codec.Decoded;
import io.gatehouse.kernel.wire.FrameException;
import io.gatehouse.kernel.wire.FrameReader;
import io.gatehouse.kernel.wire.FrameReader.Fate;
import io.gatehouse.kernel.wire.RequestHead;
import io.gatehouse.spi.interception.TrafficListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.channels.ClosedChannelException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * From the client to the broker. Decides each request's fate from its head: what nobody wants passes as its bytes arrive; what somebody
 * wants is collected, decided, and forwarded as the original bytes if nobody changed it.
 */
final class RequestSide implements FrameReader.Handler, Exchange.Outcome {

    private static final int OWN_CORRELATION_ID = Integer.MIN_VALUE;

    private final ClientConnection connection;
    private final ClientServices services;
    private final Admission admission;
    private final RequestHead head = new RequestHead();

    private @Nullable FrameReader reader;
    private @Nullable Runnable afterFrame;
    private int nextOwnCorrelationId = OWN_CORRELATION_ID;

    /** The request that is being decided; null when none is. */
    private @Nullable Deciding deciding;

    /** A collected request while it is decided. */
    private record Deciding(Exchange exchange, ByteBuf frame, long reserved, long startNanos) {}

    RequestSide(ClientConnection connection, ClientServices services) {
        this.connection = connection;
        this.services = services;
        this.admission = new Admission(connection, services.budget(), "request", () -> connection.release(Hold.BUDGET));
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

    // ---- FrameReader.Handler

    @Override
    public Fate head(ByteBuf in, int at, int end) {
        boolean open = connection.login().isOpen();
        int maximum = open || connection.login().opensWithoutSasl()
                ? services.limits().maxRequestBytes()
                : services.limits().maxReceiveBytes();
        if (!head.read(in, at, end, maximum)) {
            return Fate.NEED_MORE;
        }
        ApiKeys api = Apis.byId(head.apiKey());
        if (api == null || !isSupported(api, head.apiVersion())) {
            throw new FrameException("api key " + head.apiKey() + " version " + head.apiVersion()
                    + " (expected: one that the gateway offers)");
        }
        if (!open && isForGateway(api)) {
            head.requireSize(services.limits().maxReceiveBytes());
        }
        if (!connection.login().admits(api) || !connection.brokerSession().admits() || !connection.admitsRequest()) {
            return Fate.HOLD;
        }
        if (!open || isForGateway(api)) {
            return collect();
        }
        Chain chain = connection.chain();
        if (chain.wantsRequest(api.id) || isRefused(chain, api, head.apiVersion())) {
            return collect();
        }
        @Nullable Exchange exchange = null;
        if (chain.wantsResponse(api.id) && head.expectsResponse()) {
            if (!RequestHead.hasClientId(in, at, end)) {
                return Fate.NEED_MORE;
            }
            exchange = exchange(chain, api, RequestHead.clientIdAt(in, at));
        }
        // What was reserved for it, if the chain has changed while it waited.
        admission.giveBack();
        enter(chain, api, exchange);
        return Fate.PASS;
    }

    private static boolean isSupported(ApiKeys api, short version) {
        return api.isVersionSupported(version) || (api == ApiKeys.API_VERSIONS && version >= 0);
    }

    private static boolean isForGateway(ApiKeys api) {
        return api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE;
    }

    private static boolean isRefused(Chain chain, ApiKeys api, short version) {
        return chain.isLimited(api, version) || ApiVersionsAnswer.isNeverOffered(api, version);
    }

    private Exchange exchange(Chain chain, ApiKeys api, @Nullable String clientId) {
        return new Exchange(
                connection,
                chain,
                api,
                head.apiVersion(),
                head.correlationId(),
                head.expectsResponse(),
                clientId,
                this);
    }

    private void enter(Chain chain, ApiKeys api, @Nullable Exchange exchange) {
        services.meters().request(api.id, head.length());
        connection.countRequest(head.length());
        for (TrafficListener listener : chain.traffic()) {
            Traffic.request(listener, api, head.apiVersion(), head.length());
        }
        if (head.expectsResponse()) {
            connection.inFlight().add(api.id, head.apiVersion(), head.correlationId(), System.nanoTime(), exchange);
        }
    }

    private Fate collect() {
        Fate fate = admission.collect(head.length());
        if (fate == Fate.HOLD) {
            connection.hold(Hold.BUDGET);
        }
        return fate;
    }

    @Override
    public int frameLength() {
        return head.length();
    }

    @Override
    public void pass(ByteBuf bytes) {
        connection.responses().writeToBroker(bytes);
    }

    @Override
    public void scan(ByteBuf in, int at, int length) {
        throw new IllegalStateException("requests are not scanned");
    }

    @Override
    public boolean passed() {
        if (afterFrame != null) {
            connection.executor().execute(afterFrame);
            connection.hold(Hold.CLOSING);
        }
        return false;
    }

    @Override
    public boolean isHeld() {
        return connection.isHeld();
    }

    @Override
    public void collected(ByteBuf frame) {
        long bytes = admission.take();
        ApiKeys api = ApiKeys.forId(head.apiKey());
        if (!connection.login().isOpen() || isForGateway(api)) {
            try {
                connection.login().handle(api, head.apiVersion(), head.correlationId(), frame);
            } finally {
                frame.release();
                services.budget().release(bytes);
            }
            return;
        }
        decide(api, frame, bytes);
    }

    private void decide(ApiKeys api, ByteBuf frame, long bytes) {
        Chain chain = connection.chain();
        services.meters().request(api.id, head.length());
        connection.countRequest(head.length());
        for (TrafficListener listener : chain.traffic()) {
            Traffic.request(listener, api, head.apiVersion(), head.length());
        }
        Exchange exchange = exchange(chain, api, RequestHead.clientIdAt(frame, frame.readerIndex()));
        deciding = new Deciding(exchange, frame, bytes, System.nanoTime());
        connection.hold(Hold.DECIDING);
        Decoded request;
        try {
            request = services.codec().parseRequest(frame, api, head.apiVersion());
        } catch (FrameException e) {
            forget(deciding);
            throw e;
        }
        if (isRefused(chain, api, head.apiVersion())) {
            exchange.refuseAtOnce(request.message(), Errors.UNSUPPORTED_VERSION, "not offered by this gateway");
            return;
        }
        exchange.request(request.message(), request.lessThanFrame());
    }

    // ---- Exchange.Outcome

    @Override
    public void forward(Exchange exchange, ApiMessage request, boolean changed) {
        Deciding decided = take(exchange);
        if (decided == null) {
            return;
        }
        ByteBuf frame = decided.frame();
        if (changed) {
            try {
                frame = services.codec()
                        .encodeRequest(decided.frame(), exchange.apiKey(), exchange.apiVersion(), request);
            } catch (RuntimeException e) {
                discard(decided);
                throw e;
            }
            decided.frame().release();
        }
        if (exchange.expectsResponse()) {
            connection
                    .inFlight()
                    .add(
                            exchange.apiKey().id,
                            exchange.apiVersion(),
                            exchange.correlationId(),
                            decided.startNanos(),
                            exchange);
        } else {
            exchange.end();
        }
        connection.responses().writeToBroker(frame, decided.reserved());
        connection.release(Hold.DECIDING);
    }

    @Override
    public void answer(Exchange exchange, ApiMessage response) {
        Deciding decided = take(exchange);
        if (decided == null) {
            return;
        }
        try {
            connection.answer(
                    exchange.apiKey(),
                    exchange.apiVersion(),
                    exchange.correlationId(),
                    response,
                    decided.startNanos(),
                    connection.chain().traffic());
        } finally {
            discard(decided);
        }
        connection.release(Hold.DECIDING);
    }

    @Override
    public void drop(Exchange exchange) {
        Deciding decided = take(exchange);
        if (decided != null) {
            discard(decided);
            connection.release(Hold.DECIDING);
        }
    }

    @Override
    public void respond(Exchange exchange, ApiMessage response, boolean changed) {
        connection.responses().decided(response, changed);
    }

    @Override
    public void close(Exchange exchange, String reason) {
        Deciding decided = take(exchange);
        if (decided == null) {
            connection.close("policy", reason);
            return;
        }
        discard(decided);
        connection.closeAfterResponses("policy", reason);
    }

    private @Nullable Deciding take(Exchange exchange) {
        Deciding decided = deciding;
        if (decided == null || decided.exchange() != exchange) {
            return null;
        }
        deciding = null;
        return decided;
    }

    private void discard(Deciding decided) {
        decided.frame().release();
        services.budget().release(decided.reserved());
        decided.exchange().end();
    }

    private void forget(@Nullable Deciding forgotten) {
        deciding = null;
        if (forgotten != null) {
            discard(forgotten);
        }
    }

    /** Whether a request has been read, wholly or in part, that is neither in flight nor over. */
    boolean isBusy() {
        return deciding != null || reader().isPassing();
    }

    /** Whether the request that is being decided may be seen by that generation of a plugin. */
    boolean holds(Object generation) {
        return deciding != null && deciding.exchange().holds(generation);
    }

    // ---- requests of interceptors, and the end

    void sendOwn(Exchange exchange) {
        if (connection.isClosed()) {
            exchange.fail(new ClosedChannelException());
            return;
        }
        if (connection.brokerSession().keepsWaiting(exchange)) {
            return;
        }
        int correlationId = nextOwnCorrelationId++;
        ByteBuf frame = services.codec()
                .encodeRequest(
                        exchange.apiKey(),
                        exchange.apiVersion(),
                        correlationId,
                        exchange.clientId(),
                        exchange.message(),
                        connection.context().alloc());
        connection
                .inFlight()
                .add(exchange.apiKey().id, exchange.apiVersion(), correlationId, System.nanoTime(), exchange);
        connection.responses().writeToBroker(frame);
        if (!connection.isHandlingRead()) {
            connection.responses().flushBroker();
        }
    }

    /** The gateway stops in the middle of a passing request: that one goes on to its end, and no other. */
    /** @param end once the frame that is passing has passed whole */
    void endAfterFrame(Runnable end) {
        afterFrame = end;
    }

    void close() {
        reader().close();
        forget(deciding);
        admission.close();
    }
}
