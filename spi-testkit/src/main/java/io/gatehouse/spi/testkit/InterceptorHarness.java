/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.InterceptorContext;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.ResponseHandler;
import io.gatehouse.spi.interception.TopicNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One interceptor under test, on one connection of one user.
 *
 * <pre>{@code
 * try (var harness = InterceptorHarness.of(new MyFactory(), new MyConfig(), User.named("alice").build())) {
 *     Outcome outcome = harness.request(ApiKeys.CREATE_TOPICS, (short) 7, new CreateTopicsRequestData());
 *     Outcome answered = outcome.response(new CreateTopicsResponseData());
 *     RecordsOutcome produced = harness.producedRecords("orders", 0, TestRecord.of("key", "value"));
 * }
 * }</pre>
 *
 * <p>Messages pass through their bytes, so the handler sees what a client of that version can say, and a changed message that the version
 * cannot carry fails the test. A handler that throws, returns null, decides what it must not, or is late has the outcome that the SPI
 * states. Asynchronous handlers are waited for; deadlines are real time.
 */
public final class InterceptorHarness implements AutoCloseable {

    private final InMemoryPluginContext plugin = new InMemoryPluginContext();
    private final Interceptor interceptor;
    private final Map<Uuid, String> topicNames = new ConcurrentHashMap<>();
    private User user;
    private ConnectionInfo connection = TestConnection.local();
    private @Nullable String clientId = "test-client";
    private Function<ApiMessage, ApiMessage> broker = message -> {
        throw new IllegalStateException("no broker answers "
                + message.getClass().getSimpleName() + " (expected: InterceptorHarness.broker(...) to be given)");
    };
    private @Nullable RecordedSubscriptions subscriptions;
    private volatile boolean resubscribe;

    private <C extends Record> InterceptorHarness(InterceptorFactory<C> factory, C config, User user) {
        this.user = user;
        this.interceptor = factory.create(config, new InterceptorContext() {
            @Override
            public String name() {
                return factory.name() + "-under-test";
            }

            @Override
            public PluginContext plugin() {
                return plugin;
            }

            @Override
            public void resubscribe(Predicate<User> users) {
                if (users.test(InterceptorHarness.this.user)) {
                    resubscribe = true;
                }
            }
        });
    }

    /** Creates the interceptor. It subscribes with the first request. */
    public static <C extends Record> InterceptorHarness of(InterceptorFactory<C> factory, C config, User user) {
        return new InterceptorHarness(factory, config, user);
    }

    /** The connection's user changes, as after re-authentication: the interceptor subscribes again before the next request. */
    public InterceptorHarness user(User value) {
        user = value;
        resubscribe = true;
        return this;
    }

    /** The connection; loopback without TLS unless said otherwise. To be called before the first request. */
    public InterceptorHarness connection(ConnectionInfo value) {
        connection = value;
        return this;
    }

    /** The client id of later requests; {@code test-client} unless said otherwise. */
    public InterceptorHarness clientId(@Nullable String value) {
        clientId = value;
        return this;
    }

    /** What answers the interceptor's own requests. */
    public InterceptorHarness broker(Function<ApiMessage, ApiMessage> value) {
        broker = value;
        return this;
    }

    /** Makes the name of a topic id known. */
    public InterceptorHarness topic(Uuid id, String name) {
        topicNames.put(id, name);
        return this;
    }

    /** The context that the interceptor was given. */
    public InMemoryPluginContext plugin() {
        return plugin;
    }

    /** Whether requests of this API would be decoded because of this interceptor and user. */
    public boolean handlesRequests(ApiKeys api) {
        RecordedSubscriptions on = subscriptions();
        return on.requests.containsKey(api) || (api == ApiKeys.PRODUCE && on.produced != null);
    }

    /** Whether responses of this API would be decoded because of this interceptor and user. */
    public boolean handlesResponses(ApiKeys api) {
        RecordedSubscriptions on = subscriptions();
        boolean fetch = api == ApiKeys.FETCH || api == ApiKeys.SHARE_FETCH;
        return on.responses.containsKey(api) || (fetch && on.fetched != null);
    }

    /** Sends a request of the client through the interceptor. Record handlers are not called: see {@link #producedRecords}. */
    public Outcome request(ApiKeys api, short version, ApiMessage message) {
        RecordedSubscriptions on = subscriptions();
        ApiMessage request = Messages.request(api, version, message);
        HarnessContext context = context(api, version);
        RecordedSubscriptions.Limit limit = on.limits.get(api);
        if (limit != null && !limit.allows(version)) {
            return Outcome.refused(
                    null, Errors.UNSUPPORTED_VERSION, api + " version " + version + " is limited away", null);
        }
        RecordedSubscriptions.Requests handler = on.requests.get(api);
        if (handler == null) {
            return Outcome.forwarded(null, request, null, answer -> response(on, context, null, answer));
        }
        try {
            Decision decision = Stages.await(() -> handler.handler().handle(request, context), handler.options());
            return requestOutcome(on, context, request, decision);
        } catch (Stages.Failure e) {
            return Outcome.refused(null, e.error, e.reason(), context.attachment());
        }
    }

    private Outcome requestOutcome(
            RecordedSubscriptions on, HarnessContext context, ApiMessage request, Decision decision)
            throws Stages.Failure {
        if (decision instanceof Decision.Forward forward) {
            ApiMessage changed = forward.message();
            ApiMessage message = changed == null
                    ? request
                    : checked(() -> Messages.request(context.apiKey(), context.apiVersion(), changed));
            return Outcome.forwarded(
                    decision,
                    message,
                    context.attachment(),
                    answer -> response(on, context, forward.responseHandler(), answer));
        }
        if (decision instanceof Decision.Respond respond) {
            ApiMessage message =
                    checked(() -> Messages.response(context.apiKey(), context.apiVersion(), respond.response()));
            return Outcome.responded(decision, message, context.attachment());
        }
        return ended(decision, context);
    }

    private static Outcome ended(Decision decision, HarnessContext context) {
        if (decision instanceof Decision.Refuse refuse) {
            return Outcome.refused(decision, refuse.error(), refuse.reason(), context.attachment());
        }
        if (decision instanceof Decision.Close close) {
            return Outcome.closed(decision, close.reason(), context.attachment());
        }
        throw new IllegalStateException(decision.toString());
    }

    /** Another message's class, or content that the version cannot carry, counts as a handler that threw. */
    private static ApiMessage checked(Supplier<ApiMessage> message) throws Stages.Failure {
        try {
            return message.get();
        } catch (RuntimeException e) {
            throw new Stages.Failure(Errors.UNKNOWN_SERVER_ERROR, "the message cannot be sent: " + e.getMessage());
        }
    }

    private Outcome response(
            RecordedSubscriptions on,
            HarnessContext context,
            @Nullable ResponseHandler<?> ofThisRequest,
            ApiMessage answer) {
        ApiMessage response = Messages.response(context.apiKey(), context.apiVersion(), answer);
        try {
            Outcome outcome = Outcome.forwarded(null, response, context.attachment(), Outcome::noResponse);
            RecordedSubscriptions.Responses subscribed = on.responses.get(context.apiKey());
            if (subscribed != null) {
                Decision decision =
                        Stages.await(() -> subscribed.handler().handle(response, context), subscribed.options());
                outcome = responseOutcome(context, response, decision);
            }
            if (ofThisRequest != null && outcome.kind() == Outcome.Kind.FORWARDED) {
                ApiMessage soFar = outcome.message();
                Decision decision = Stages.await(() -> Stages.of(handle(ofThisRequest, soFar, context)), null);
                Outcome second = responseOutcome(context, soFar, decision);
                outcome = second.kind() == Outcome.Kind.FORWARDED && !second.changed() ? outcome : second;
            }
            return outcome;
        } catch (Stages.Failure e) {
            return Outcome.closed(null, e.reason(), context.attachment());
        }
    }

    @SuppressWarnings("unchecked")
    private static Decision handle(ResponseHandler<?> handler, ApiMessage response, HarnessContext context) {
        return ((ResponseHandler<ApiMessage>) handler).handle(response, context);
    }

    private static Outcome responseOutcome(HarnessContext context, ApiMessage response, Decision decision)
            throws Stages.Failure {
        if (decision instanceof Decision.Respond) {
            throw new Stages.Failure(Errors.UNKNOWN_SERVER_ERROR, "respond is no decision about a response");
        }
        if (decision instanceof Decision.Forward forward) {
            ApiMessage changed = forward.message();
            ApiMessage message = changed == null
                    ? response
                    : checked(() -> Messages.response(context.apiKey(), context.apiVersion(), changed));
            return Outcome.forwarded(decision, message, context.attachment(), Outcome::noResponse);
        }
        return ended(decision, context);
    }

    /** Sends records to a partition through the interceptor; their positions are set. */
    public RecordsOutcome producedRecords(String topic, int partition, TestRecord... records) {
        List<TestRecord> numbered = new ArrayList<>();
        for (TestRecord record : records) {
            numbered.add(record.at(numbered.size()));
        }
        RecordedSubscriptions on = subscriptions();
        if (on.produced == null) {
            return RecordsOutcome.forwarded(numbered);
        }
        TestBatch batch = new TestBatch(topic, partition, numbered);
        try {
            on.produced.handle(batch, context(ApiKeys.PRODUCE, ApiKeys.PRODUCE.latestVersion()));
        } catch (RuntimeException | Error e) {
            return RecordsOutcome.refused(Errors.UNKNOWN_SERVER_ERROR, "the handler threw " + e, -1);
        }
        return batch.outcome();
    }

    /** Lets the client fetch records of a partition through the interceptor. */
    public RecordsOutcome fetchedRecords(String topic, int partition, TestRecord... records) {
        RecordedSubscriptions on = subscriptions();
        List<TestRecord> fresh = new ArrayList<>();
        for (TestRecord record : records) {
            fresh.add(record.at(record.offset()));
        }
        if (on.fetched == null) {
            return RecordsOutcome.forwarded(fresh);
        }
        TestBatch batch = new TestBatch(topic, partition, fresh);
        try {
            on.fetched.handle(batch, context(ApiKeys.FETCH, ApiKeys.FETCH.latestVersion()));
        } catch (RuntimeException | Error e) {
            return RecordsOutcome.closed("the handler threw " + e);
        }
        return batch.outcome();
    }

    /** Lets traffic listeners see a request and its response. */
    public void traffic(ApiKeys api, short version, long requestBytes, long responseBytes, long durationNanos) {
        subscriptions().listeners.forEach(listener -> {
            listener.request(api, version, requestBytes);
            listener.response(api, version, responseBytes, durationNanos);
        });
    }

    private RecordedSubscriptions subscriptions() {
        RecordedSubscriptions current = subscriptions;
        if (current != null && !resubscribe) {
            return current;
        }
        resubscribe = false;
        RecordedSubscriptions fresh = new RecordedSubscriptions(connection);
        interceptor.subscribe(user, fresh);
        if (current != null) {
            current.closeActions.forEach(Runnable::run);
        }
        subscriptions = fresh;
        return fresh;
    }

    private HarnessContext context(ApiKeys api, short version) {
        return new HarnessContext(user, connection, api, version, clientId, new Names(), broker);
    }

    /** Closes the connection, then the interceptor. */
    @Override
    public void close() {
        if (subscriptions != null) {
            subscriptions.closeActions.forEach(Runnable::run);
            subscriptions = null;
        }
        interceptor.close();
        plugin.close();
    }

    private final class Names implements TopicNames {
        @Override
        public Optional<String> nameOf(Uuid topicId) {
            return Optional.ofNullable(topicNames.get(topicId));
        }

        @Override
        public CompletionStage<Map<Uuid, String>> namesOf(Collection<Uuid> topicIds) {
            Map<Uuid, String> names = new HashMap<>(topicNames);
            names.keySet().retainAll(topicIds);
            return CompletableFuture.completedFuture(names);
        }
    }
}
