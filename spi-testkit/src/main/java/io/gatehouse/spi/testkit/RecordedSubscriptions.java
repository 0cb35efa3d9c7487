/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.AsyncRequestHandler;
import io.gatehouse.spi.interception.AsyncResponseHandler;
import io.gatehouse.spi.interception.RequestHandler;
import io.gatehouse.spi.interception.ResponseHandler;
import io.gatehouse.spi.interception.Subscriptions;
import io.gatehouse.spi.interception.TrafficListener;
import io.gatehouse.spi.records.FetchedRecordsHandler;
import io.gatehouse.spi.records.ProducedRecordsHandler;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** What one {@code subscribe} call asked for, checked as the gateway checks it. */
final class RecordedSubscriptions implements Subscriptions {

    private static final Set<ApiKeys> NEVER =
            EnumSet.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    private final ConnectionInfo connection;
    final Map<ApiKeys, Requests> requests = new EnumMap<>(ApiKeys.class);
    final Map<ApiKeys, Responses> responses = new EnumMap<>(ApiKeys.class);
    final Map<ApiKeys, Limit> limits = new EnumMap<>(ApiKeys.class);
    final List<TrafficListener> listeners = new ArrayList<>();
    final List<Runnable> closeActions = new ArrayList<>();

    @Nullable
    ProducedRecordsHandler produced;

    @Nullable
    FetchedRecordsHandler fetched;

    RecordedSubscriptions(ConnectionInfo connection) {
        this.connection = connection;
    }

    /** @param options null when synchronous, in which case the stage has completed */
    record Requests(
            AsyncRequestHandler<ApiMessage> handler,
            @Nullable AsyncOptions options) {}

    /** @param options null when synchronous, in which case the stage has completed */
    record Responses(
            AsyncResponseHandler<ApiMessage> handler,
            @Nullable AsyncOptions options) {}

    record Limit(int min, int max) {

        boolean allows(short version) {
            return version >= min && version <= max;
        }
    }

    @Override
    public ConnectionInfo connection() {
        return connection;
    }

    @Override
    public <M extends ApiMessage> void request(ApiKeys api, Class<M> type, RequestHandler<M> handler) {
        addRequest(api, type, (request, context) -> Stages.of(handler.handle(request, context)), null);
    }

    @Override
    public <M extends ApiMessage> void requestAsync(
            ApiKeys api, Class<M> type, AsyncOptions options, AsyncRequestHandler<M> handler) {
        addRequest(api, type, handler, options);
    }

    private <M extends ApiMessage> void addRequest(
            ApiKeys api, Class<M> type, AsyncRequestHandler<M> handler, @Nullable AsyncOptions options) {
        require(api, type, Messages.requestClass(api));
        Requests added = new Requests((request, context) -> handler.handle(type.cast(request), context), options);
        if (requests.putIfAbsent(api, added) != null) {
            throw new IllegalArgumentException(api + ": a second request handler (expected: one)");
        }
    }

    @Override
    public <M extends ApiMessage> void response(ApiKeys api, Class<M> type, ResponseHandler<M> handler) {
        addResponse(api, type, (response, context) -> Stages.of(handler.handle(response, context)), null);
    }

    @Override
    public <M extends ApiMessage> void responseAsync(
            ApiKeys api, Class<M> type, AsyncOptions options, AsyncResponseHandler<M> handler) {
        addResponse(api, type, handler, options);
    }

    private <M extends ApiMessage> void addResponse(
            ApiKeys api, Class<M> type, AsyncResponseHandler<M> handler, @Nullable AsyncOptions options) {
        require(api, type, Messages.responseClass(api));
        Responses added = new Responses((response, context) -> handler.handle(type.cast(response), context), options);
        if (responses.putIfAbsent(api, added) != null) {
            throw new IllegalArgumentException(api + ": a second response handler (expected: one)");
        }
    }

    private static void require(ApiKeys api, Class<?> type, Class<?> expected) {
        if (NEVER.contains(api)) {
            throw new IllegalArgumentException(api + " never reaches interceptors");
        }
        if (type != expected) {
            throw new IllegalArgumentException(api + ": " + type.getName() + " (expected: " + expected.getName() + ")");
        }
    }

    @Override
    public void producedRecords(ProducedRecordsHandler handler) {
        if (produced != null) {
            throw new IllegalArgumentException("a second handler of produced records (expected: one)");
        }
        produced = handler;
    }

    @Override
    public void fetchedRecords(FetchedRecordsHandler handler) {
        if (fetched != null) {
            throw new IllegalArgumentException("a second handler of fetched records (expected: one)");
        }
        fetched = handler;
    }

    @Override
    public void traffic(TrafficListener listener) {
        listeners.add(listener);
    }

    @Override
    public void limit(ApiKeys api, int min, int max) {
        limits.merge(
                api,
                new Limit(min, max),
                (one, other) -> new Limit(Math.max(one.min(), other.min()), Math.min(one.max(), other.max())));
    }

    @Override
    public void onClose(Runnable action) {
        closeActions.add(action);
    }
}
