/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.kernel.interception.Chain;
import io.gatehouse.kernel.interception.Exchange;
import io.gatehouse.kernel.interception.InterceptorDefinition;
import io.gatehouse.kernel.interception.Interceptors;
import io.gatehouse.kernel.interception.Scope;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.interception.TrafficListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.jspecify.annotations.Nullable;

/**
 * One interceptor under test, on one connection of one user, in the gateway's own chain: what it may subscribe to, how failures and
 * deadlines end, how records are written again, all of it is the code that runs in a gateway. Without a network and without a broker.
 *
 * <pre>{@code
 * try (var harness = InterceptorHarness.of(new MyFactory(), new MyConfig(), User.named("alice").build())) {
 *     Outcome outcome = harness.request(ApiKeys.CREATE_TOPICS, (short) 7, new CreateTopicsRequestData());
 *     Outcome answered = outcome.response(new CreateTopicsResponseData());
 *     RecordsOutcome produced = harness.producedRecords("orders", 0, TestRecord.of("key", "value"));
 * }
 * }</pre>
 *
 * <p>Messages pass through their bytes, so a handler sees what a client of that version can say. Handlers run on an event loop of the
 * harness, while the calling thread waits. Deadlines are real time. To be used by one thread.
 */
public final class InterceptorHarness implements AutoCloseable {

    private final InMemoryPluginContext plugin = new InMemoryPluginContext();
    private final HarnessHost host = new HarnessHost();
    private final Decisions.Note note = new Decisions.Note();
    private final List<Exchange> open = new ArrayList<>();
    private final String name;
    private final HarnessType type;
    private final Interceptors interceptors;
    private final RecordMessages records = new RecordMessages();
    private User user;
    private @Nullable String clientId = "test-client";
    private @Nullable Chain chain;
    private int correlationId;

    private <C extends Record> InterceptorHarness(InterceptorFactory<C> factory, C config, User user) {
        this.user = user;
        this.type = new HarnessType(factory, config, plugin, note);
        this.interceptors = new Interceptors(type);
        this.name = factory.name() + "-under-test";
        interceptors.update(List.of(
                new InterceptorDefinition(name, name, factory.name(), 1_000, Scope.ALL, Map.of(), true, false)));
        type.requireCreated();
    }

    /** Creates the interceptor. It subscribes with the first request. */
    public static <C extends Record> InterceptorHarness of(InterceptorFactory<C> factory, C config, User user) {
        return new InterceptorHarness(factory, config, user);
    }

    /** The connection's user changes, as after re-authentication: the interceptor subscribes again before the next request. */
    public InterceptorHarness user(User value) {
        user = value;
        return this;
    }

    /** The connection; loopback without TLS unless said otherwise. To be called before the first request. */
    public InterceptorHarness connection(ConnectionInfo value) {
        host.connection(value);
        return this;
    }

    /** The client id of later requests; {@code test-client} unless said otherwise. */
    public InterceptorHarness clientId(@Nullable String value) {
        clientId = value;
        return this;
    }

    /** What answers the interceptor's own requests; called on the event loop. */
    public InterceptorHarness broker(Function<ApiMessage, ApiMessage> value) {
        host.broker(value);
        return this;
    }

    /** What the interceptor tells operators who ask. */
    public Optional<String> explain(Question question) {
        return interceptors.current().opinion(name, user, question);
    }

    /** Makes the name of a topic id known. */
    public InterceptorHarness topic(Uuid id, String name) {
        host.topic(id, name);
        return this;
    }

    /** The cluster has a group, by the id that the cluster knows; it has none unless said so. */
    public InterceptorHarness group(String groupId) {
        host.group(groupId, TestGroups.Known.PRESENT);
        return this;
    }

    /** The cluster has a group no more. */
    public InterceptorHarness noGroup(String groupId) {
        host.group(groupId, TestGroups.Known.ABSENT);
        return this;
    }

    /** Whether the cluster has a group cannot be known, as while its coordinator cannot be asked. */
    public InterceptorHarness unknownGroup(String groupId) {
        host.group(groupId, TestGroups.Known.UNKNOWN);
        return this;
    }

    /** The cluster has a group no more, but it is remembered that it has: only who asks whether it still exists is told. */
    public InterceptorHarness deletedGroup(String groupId) {
        host.group(groupId, TestGroups.Known.DELETED);
        return this;
    }

    /** The compression of later batches; none unless said otherwise. */
    public InterceptorHarness compression(CompressionType value) {
        records.compression(Compression.of(value).build());
        return this;
    }

    /** Later produced batches are those of an idempotent producer, as Kafka's own are by default; plain ones unless said otherwise. */
    public InterceptorHarness idempotent() {
        records.idempotent();
        return this;
    }

    /** The context that the interceptor was given. */
    public InMemoryPluginContext plugin() {
        return plugin;
    }

    /** Whether requests of this API would be decoded because of this interceptor and user. */
    public boolean handlesRequests(ApiKeys api) {
        return chain().wantsRequest(api.id);
    }

    /** Whether responses of this API would be decoded because of this interceptor and user. */
    public boolean handlesResponses(ApiKeys api) {
        return chain().wantsResponse(api.id);
    }

    /** Sends a request of the client through the interceptor. */
    public Outcome request(ApiKeys api, short version, ApiMessage message) {
        ApiMessage request = Messages.request(api, version, message);
        Chain now = chain();
        Event.Queue events = new Event.Queue();
        Exchange exchange = exchange(now, api, version, expectsResponse(request), events);
        note.reset();
        if (now.isLimited(api, version)) {
            String reason = api + " version " + version + " is limited away";
            host.run(() -> exchange.refuseAtOnce(request, Errors.UNSUPPORTED_VERSION, reason));
            note.reset();
            return outcome(exchange, events, new Decision.Refuse(Errors.UNSUPPORTED_VERSION, reason));
        }
        host.run(() -> exchange.request(request));
        return outcome(exchange, events, null);
    }

    private static boolean expectsResponse(ApiMessage request) {
        return !(request instanceof ProduceRequestData produce) || produce.acks() != 0;
    }

    private Exchange exchange(Chain now, ApiKeys api, short version, boolean expectsResponse, Exchange.Outcome events) {
        Exchange exchange = host.call(
                () -> new Exchange(host, now, api, version, correlationId++, expectsResponse, clientId, events));
        open.add(exchange);
        return exchange;
    }

    /** @param decided when it is known already */
    private Outcome outcome(Exchange exchange, Event.Queue events, @Nullable Decision decided) {
        Event event = events.next();
        Object attachment = note.attachment();
        if (event.kind() == Event.Kind.FORWARD) {
            try {
                ApiMessage sent = Messages.request(exchange.apiKey(), exchange.apiVersion(), message(event));
                return Outcome.forwarded(
                        event.changed(), sent, attachment, answer -> response(exchange, events, answer));
            } catch (RuntimeException e) {
                end(exchange);
                return Outcome.closed("the message cannot be sent: " + e.getMessage(), attachment);
            }
        }
        end(exchange);
        return switch (event.kind()) {
            case ANSWER -> answered(exchange, event, decided == null ? note.decision() : decided, attachment);
            case DROP -> Outcome.dropped(attachment);
            case CLOSE -> Outcome.closed(reason(event), attachment);
            case FORWARD, RESPOND -> throw new IllegalStateException(event.toString());
        };
    }

    private Outcome answered(Exchange exchange, Event event, @Nullable Decision decision, @Nullable Object attachment) {
        ApiMessage answer = Messages.response(exchange.apiKey(), exchange.apiVersion(), message(event));
        if (decision instanceof Decision.Refuse refuse) {
            return Outcome.refused(answer, refuse.error(), refuse.reason(), attachment);
        }
        Throwable failure = note.failure();
        if (failure == null) {
            return Outcome.responded(answer, attachment);
        }
        Errors error = failure instanceof TimeoutException ? Errors.REQUEST_TIMED_OUT : Errors.UNKNOWN_SERVER_ERROR;
        return Outcome.refused(answer, error, "the handler failed: " + failure, attachment);
    }

    private Outcome response(Exchange exchange, Event.Queue events, ApiMessage answer) {
        ApiMessage response = Messages.response(exchange.apiKey(), exchange.apiVersion(), answer);
        note.reset();
        if (response instanceof FetchResponseData fetched) {
            host.run(() -> exchange.fetchSession(fetched.sessionId()));
        }
        host.run(() -> exchange.response(response));
        Event event = events.next();
        end(exchange);
        if (event.kind() == Event.Kind.CLOSE) {
            return Outcome.closed(reason(event), null);
        }
        try {
            ApiMessage sent = Messages.response(exchange.apiKey(), exchange.apiVersion(), message(event));
            return Outcome.forwarded(event.changed(), sent, null, Outcome::noResponse);
        } catch (RuntimeException e) {
            return Outcome.closed("the message cannot be sent: " + e.getMessage(), null);
        }
    }

    private static ApiMessage message(Event event) {
        ApiMessage message = event.message();
        if (message == null) {
            throw new IllegalStateException(event + " (expected: one with a message)");
        }
        return message;
    }

    private String reason(Event event) {
        Throwable failure = note.failure();
        return failure == null ? String.valueOf(event.reason()) : event.reason() + ": " + failure;
    }

    private void end(Exchange exchange) {
        open.remove(exchange);
        host.run(exchange::end);
    }

    /** Sends records to a partition through the interceptor, in one batch; their positions are set. */
    public RecordsOutcome producedRecords(String topic, int partition, TestRecord... produced) {
        Outcome outcome = request(
                ApiKeys.PRODUCE, RecordMessages.PRODUCE_VERSION, records.produce(topic, partition, List.of(produced)));
        return records.produced(outcome, List.of(produced));
    }

    /** Lets the client fetch records of a partition through the interceptor, in one batch. Offsets have to ascend. */
    public RecordsOutcome fetchedRecords(String topic, int partition, TestRecord... fetched) {
        Outcome outcome = request(ApiKeys.FETCH, RecordMessages.FETCH_VERSION, RecordMessages.fetch(topic, partition));
        if (outcome.kind() != Outcome.Kind.FORWARDED) {
            return RecordsOutcome.of(outcome);
        }
        return records.fetched(
                outcome.response(records.fetchResponse(topic, partition, List.of(fetched))), List.of(fetched));
    }

    /** Lets traffic listeners see a request and its response. */
    public void traffic(ApiKeys api, short version, long requestBytes, long responseBytes, long durationNanos) {
        Chain now = chain();
        host.run(() -> {
            for (TrafficListener listener : now.traffic()) {
                listener.request(api, version, requestBytes);
                listener.response(api, version, responseBytes, durationNanos);
            }
        });
    }

    /** As a connection does before each frame: a chain of now, for the user of now. */
    private Chain chain() {
        Chain known = chain;
        if (known != null
                && known.set() == interceptors.current()
                && known.user().equals(user)) {
            return known;
        }
        note.reset();
        Chain fresh;
        try {
            fresh = host.call(() -> Chain.build(interceptors.current(), user, host, List.of(), List.of(), known));
        } catch (RuntimeException e) {
            throw note.failure() instanceof RuntimeException cause ? cause : e;
        }
        if (known != null) {
            host.run(known::release);
        }
        chain = fresh;
        return fresh;
    }

    /** Closes the connection, then the interceptor, and waits for it. */
    @Override
    public void close() {
        Chain last = chain;
        host.run(() -> {
            open.forEach(Exchange::end);
            if (last != null) {
                last.release();
            }
        });
        chain = null;
        interceptors.update(List.of());
        type.awaitReleased();
        host.close();
        plugin.close();
    }
}
