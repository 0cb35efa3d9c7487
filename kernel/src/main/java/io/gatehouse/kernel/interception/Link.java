/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.wire.Apis;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.User;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * What one interceptor subscribed to on one connection: a link of its chains. Belongs to the connection's event loop.
 */
final class Link implements Subscriptions {

    private static final Set<ApiKeys> NEVER =
            Set.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    private static final Set<ApiKeys> FETCHING = Set.of(ApiKeys.FETCH, ApiKeys.SHARE_FETCH, ApiKeys.SHARE_ACKNOWLEDGE);

    private final ActiveInterceptor owner;
    private final ConnectionInfo connection;
    private final NamedTopics names;
    private final List<RequestSubscription> requests = new ArrayList<>(2);
    private final List<ResponseSubscription> responses = new ArrayList<>(2);
    private final List<TrafficListener> traffic = new ArrayList<>(0);
    private final List<Limit> limits = new ArrayList<>(0);
    private final List<Runnable> closers = new ArrayList<>(0);
    private @Nullable Function<String, Optional<String>> topicNames;
    private long round;
    private int chains;
    private boolean subscribed;

    /** Handles requests of an API; exactly one of the handlers is there. */
    record RequestSubscription(
            ApiKeys api,
            @Nullable RequestHandler<ApiMessage> handler,
            @Nullable AsyncRequestHandler<ApiMessage> asyncHandler,
            @Nullable AsyncOptions options,
            boolean records) {}

    /** Handles responses of an API; exactly one of the handlers is there. */
    record ResponseSubscription(
            ApiKeys api,
            @Nullable ResponseHandler<ApiMessage> handler,
            @Nullable AsyncResponseHandler<ApiMessage> asyncHandler,
            @Nullable AsyncOptions options,
            boolean records) {}

    /** Narrows the versions of an API. */
    record Limit(ApiKeys api, int min, int max) {}

    private Link(ActiveInterceptor owner, ChainHost host) {
        this.owner = owner;
        this.connection = host.connection();
        this.names = new NamedTopics(owner, host.executor());
    }

    /**
     * Asks an interceptor, which the caller has acquired, what it wants of a user.
     *
     * @throws SubscriptionException when it throws; what was acquired is released
     */
    static Link subscribe(ActiveInterceptor owner, ChainHost host, User user, long round) {
        Link link = new Link(owner, host);
        ClassLoader before = owner.enter();
        try {
            owner.interceptor().subscribe(user, link);
        } catch (Throwable e) {
            owner.failed("subscribe", e);
            link.close();
            throw new SubscriptionException("interceptor " + owner.name() + " failed to subscribe");
        } finally {
            owner.exit(before);
        }
        link.subscribed = true;
        link.round = round;
        return link;
    }

    /** An interceptor that cannot even say what it wants: the connection cannot go on. */
    static final class SubscriptionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private SubscriptionException(String message) {
            super(message, null, false, false);
        }
    }

    ActiveInterceptor owner() {
        return owner;
    }

    long round() {
        return round;
    }

    List<RequestSubscription> requests() {
        return requests;
    }

    List<ResponseSubscription> responses() {
        return responses;
    }

    List<TrafficListener> trafficListeners() {
        return traffic;
    }

    List<Limit> limits() {
        return limits;
    }

    /** How topics are called on its client side; null when it renames none. */
    @Nullable
    Function<String, Optional<String>> renamesTopics() {
        return topicNames;
    }

    /** One more chain of the connection uses it. */
    void retain() {
        chains++;
    }

    /** One chain of the connection less; the last one closes it. */
    void release() {
        chains--;
        if (chains == 0) {
            close();
        }
    }

    /** Whether it wants something that fetch or share sessions could be used to get around. */
    boolean wantsFetch() {
        return requests.stream().anyMatch(subscription -> FETCHING.contains(subscription.api()))
                || responses.stream().anyMatch(subscription -> FETCHING.contains(subscription.api()));
    }

    private void close() {
        ClassLoader before = owner.enter();
        try {
            closers.forEach(this::runCloser);
        } finally {
            owner.exit(before);
            owner.release();
        }
    }

    private void runCloser(Runnable closer) {
        try {
            closer.run();
        } catch (Throwable e) {
            owner.failed("onClose", e);
        }
    }

    @Override
    public ConnectionInfo connection() {
        return connection;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <M extends ApiMessage> void request(ApiKeys api, Class<M> type, RequestHandler<M> handler) {
        check(api, type, Apis.requestClass(api));
        add(new RequestSubscription(api, (RequestHandler<ApiMessage>) handler, null, null, false));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <M extends ApiMessage> void requestAsync(
            ApiKeys api, Class<M> type, AsyncOptions options, AsyncRequestHandler<M> handler) {
        check(api, type, Apis.requestClass(api));
        add(new RequestSubscription(api, null, (AsyncRequestHandler<ApiMessage>) handler, options, false));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <M extends ApiMessage> void response(ApiKeys api, Class<M> type, ResponseHandler<M> handler) {
        check(api, type, Apis.responseClass(api));
        add(new ResponseSubscription(api, (ResponseHandler<ApiMessage>) handler, null, null, false));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <M extends ApiMessage> void responseAsync(
            ApiKeys api, Class<M> type, AsyncOptions options, AsyncResponseHandler<M> handler) {
        check(api, type, Apis.responseClass(api));
        add(new ResponseSubscription(api, null, (AsyncResponseHandler<ApiMessage>) handler, options, false));
    }

    @Override
    public void producedRecords(ProducedRecordsHandler handler) {
        checkOpen();
        AsyncRequestHandler<ApiMessage> named = (message, context) -> {
            ProduceRequestData request = (ProduceRequestData) message;
            return names.decide(
                    ProducedRecords.topicIds(request),
                    context,
                    () -> ProducedRecords.handle(request, context, handler));
        };
        add(new RequestSubscription(ApiKeys.PRODUCE, null, named, NamedTopics.DEADLINE, true));
    }

    @Override
    public void fetchedRecords(FetchedRecordsHandler handler) {
        checkOpen();
        AsyncResponseHandler<ApiMessage> fetch = (message, context) -> {
            FetchResponseData response = (FetchResponseData) message;
            return names.decide(
                    FetchedRecords.topicIds(response),
                    context,
                    () -> FetchedRecords.handle(response, context, handler));
        };
        AsyncResponseHandler<ApiMessage> shareFetch = (message, context) -> {
            ShareFetchResponseData response = (ShareFetchResponseData) message;
            return names.decide(
                    FetchedRecords.topicIds(response),
                    context,
                    () -> FetchedRecords.handle(response, context, handler));
        };
        add(new ResponseSubscription(ApiKeys.FETCH, null, fetch, NamedTopics.DEADLINE, true));
        add(new ResponseSubscription(ApiKeys.SHARE_FETCH, null, shareFetch, NamedTopics.DEADLINE, true));
    }

    @Override
    public void traffic(TrafficListener listener) {
        checkOpen();
        traffic.add(listener);
    }

    @Override
    public void limit(ApiKeys api, int min, int max) {
        checkOpen();
        checkOffered(api);
        limits.add(new Limit(api, min, max));
    }

    @Override
    public void topicNames(Function<String, Optional<String>> seen) {
        checkOpen();
        if (topicNames != null) {
            throw new IllegalArgumentException("topicNames: a second function (expected: one)");
        }
        topicNames = seen;
    }

    @Override
    public void onClose(Runnable action) {
        checkOpen();
        closers.add(action);
    }

    private void add(RequestSubscription subscription) {
        boolean second = requests.stream()
                .anyMatch(other -> other.api() == subscription.api() && other.records() == subscription.records());
        if (second) {
            throw new IllegalArgumentException(subscription.api() + ": a second request handler (expected: one)");
        }
        requests.add(subscription);
    }

    private void add(ResponseSubscription subscription) {
        boolean second = responses.stream()
                .anyMatch(other -> other.api() == subscription.api() && other.records() == subscription.records());
        if (second) {
            throw new IllegalArgumentException(subscription.api() + ": a second response handler (expected: one)");
        }
        responses.add(subscription);
    }

    private void check(ApiKeys api, Class<?> type, Class<?> expected) {
        checkOpen();
        checkOffered(api);
        if (type != expected) {
            throw new IllegalArgumentException(
                    api + ": " + type.getSimpleName() + " (expected: " + expected.getSimpleName() + ")");
        }
    }

    private static void checkOffered(ApiKeys api) {
        if (NEVER.contains(api)) {
            throw new IllegalArgumentException(api + " (expected: an API that interceptors may see)");
        }
    }

    private void checkOpen() {
        if (subscribed) {
            throw new IllegalStateException("subscribing after subscribe() has returned (expected: during the call)");
        }
    }
}
