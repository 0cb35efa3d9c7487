/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.ProvidedByGateway;
import io.gatehouse.spi.records.FetchedRecordsHandler;
import io.gatehouse.spi.records.ProducedRecordsHandler;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * What one interceptor handles on one connection. Only valid during {@link Interceptor#subscribe}.
 *
 * <p>ApiVersions, SaslHandshake and SaslAuthenticate never reach interceptors: subscribing to them is an
 * {@link IllegalArgumentException}, as is a message class that is not that API's, or a second handler of one sort for one API.
 *
 * <p>Requests pass interceptors in the order of their priorities, responses in reverse. Each sees what the one before it made of the
 * message.
 */
@ProvidedByGateway
public interface Subscriptions {

    /** The connection that these subscriptions are for. */
    ConnectionInfo connection();

    /** Handles requests of an API, on the event loop, without blocking. */
    <M extends ApiMessage> void request(ApiKeys api, Class<M> type, RequestHandler<M> handler);

    /** Handles requests of an API with a decision that comes later. */
    <M extends ApiMessage> void requestAsync(
            ApiKeys api, Class<M> type, AsyncOptions options, AsyncRequestHandler<M> handler);

    /** Handles responses of an API, on the event loop, without blocking. */
    <M extends ApiMessage> void response(ApiKeys api, Class<M> type, ResponseHandler<M> handler);

    /** Handles responses of an API with a decision that comes later. */
    <M extends ApiMessage> void responseAsync(
            ApiKeys api, Class<M> type, AsyncOptions options, AsyncResponseHandler<M> handler);

    /** Handles records on their way to the brokers (Produce), on the event loop, without blocking. */
    void producedRecords(ProducedRecordsHandler handler);

    /** Handles records on their way to the client (Fetch and ShareFetch), on the event loop, without blocking. */
    void fetchedRecords(FetchedRecordsHandler handler);

    /** Watches sizes and durations of every request and response, without their content and without ending cut-through. */
    void traffic(TrafficListener listener);

    /**
     * Narrows the versions of an API that are offered to the client and accepted from it. Several limits intersect; an empty
     * intersection takes the API out of ApiVersions.
     *
     * @param min lowest version; above {@code max} to offer none
     */
    void limit(ApiKeys api, int min, int max);

    /**
     * Says how the cluster's topics are called on this interceptor's client side, for one that renames them: what
     * {@link InterceptionContext#topics()} tells the interceptors between it and the client. Names that are given to the function are those
     * of its broker side.
     *
     * @param seen empty for a topic that is not seen; called on any thread, must not block
     */
    void topicNames(Function<String, Optional<String>> seen);

    /** Runs when this connection has closed, or these subscriptions were replaced and their last request has ended; on the event loop. */
    void onClose(Runnable action);
}
