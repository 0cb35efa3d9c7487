/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.Subscriptions;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** A chain of interceptors {@code a}, {@code b}, {@code c}, ... from the client to the broker, and exchanges on it. */
final class TestChain implements Exchange.Outcome {

    static final User ALICE = User.named("alice").build();

    final EmbeddedChannel channel = new EmbeddedChannel();
    final FakeHost host;
    final FakeTypes types = new FakeTypes();
    final List<FakeTypes.FakeType> type = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final Interceptors interceptors = new Interceptors(types);
    private final List<InterceptorDefinition> definitions = new ArrayList<>();
    private @Nullable Chain chain;

    @Nullable
    ApiMessage outcome;

    boolean endsExchanges = true;

    TestChain() {
        channel.freezeTime();
        host = new FakeHost(channel.eventLoop());
    }

    TestChain(EventExecutor executor) {
        host = new FakeHost(executor);
    }

    /** Adds the next link towards the broker. */
    TestChain then(Consumer<Subscriptions> subscribe) {
        return thenInterceptor((user, on) -> subscribe.accept(on));
    }

    TestChain thenInterceptor(Interceptor interceptor) {
        String name = String.valueOf((char) ('a' + definitions.size()));
        type.add(types.add(name, () -> interceptor));
        definitions.add(new InterceptorDefinition(name, name, name, 1_000, Scope.ALL, Map.of(), true, false));
        return this;
    }

    Chain chain() {
        Chain built = chain;
        if (built == null) {
            interceptors.update(definitions);
            built = Chain.build(interceptors.current(), ALICE, host, List.of(), List.of(), null);
            chain = built;
        }
        return built;
    }

    /** Follows a change of the interceptors, as a connection does before its next frame. */
    Chain rebuild(User user) {
        Chain before = chain();
        Chain next = Chain.build(interceptors.current(), user, host, List.of(), List.of(), before);
        before.release();
        chain = next;
        return next;
    }

    void close() {
        chain().release();
    }

    Exchange exchange(ApiKeys api, boolean expectsResponse) {
        return new Exchange(host, chain(), api, api.latestVersion(), 7, expectsResponse, "client", this);
    }

    Exchange request(ApiKeys api, ApiMessage request) {
        Exchange exchange = exchange(api, true);
        exchange.request(request);
        return exchange;
    }

    void pass(Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    @Override
    public void forward(Exchange exchange, ApiMessage request, boolean changed) {
        record(changed ? "forward changed" : "forward", request);
    }

    @Override
    public void answer(Exchange exchange, ApiMessage response) {
        record("answer", response);
        end(exchange);
    }

    @Override
    public void drop(Exchange exchange) {
        events.add("drop");
        end(exchange);
    }

    @Override
    public void respond(Exchange exchange, ApiMessage response, boolean changed) {
        record(changed ? "respond changed" : "respond", response);
        end(exchange);
    }

    @Override
    public void close(Exchange exchange, String reason) {
        events.add("close: " + reason);
        end(exchange);
    }

    private void record(String what, ApiMessage message) {
        events.add(what);
        outcome = message;
    }

    private void end(Exchange exchange) {
        if (endsExchanges) {
            exchange.end();
        }
    }
}
