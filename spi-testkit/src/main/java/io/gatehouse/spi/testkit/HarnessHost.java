/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.kernel.interception.ChainHost;
import io.gatehouse.kernel.interception.Exchange;
import io.gatehouse.kernel.wire.Codec;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.interception.ClusterGroups;
import io.gatehouse.spi.interception.TopicNames;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** A connection without a network: an event loop of one thread, names that the test gives, a broker that is a function. */
final class HarnessHost implements ChainHost, TopicNames {

    private final EventExecutor executor = new DefaultEventExecutor();
    private final Codec codec = new Codec();
    private final Map<Uuid, String> names = new ConcurrentHashMap<>();
    private final Map<String, TestGroups.Known> groups = new ConcurrentHashMap<>();
    private volatile ConnectionInfo connection = TestConnection.local();
    private volatile Function<ApiMessage, ApiMessage> broker = message -> {
        throw new IllegalStateException("no broker answers "
                + message.getClass().getSimpleName() + " (expected: InterceptorHarness.broker(...) to be given)");
    };

    void connection(ConnectionInfo value) {
        connection = value;
    }

    void broker(Function<ApiMessage, ApiMessage> value) {
        broker = value;
    }

    void topic(Uuid id, String name) {
        names.put(id, name);
    }

    /** Whether it exists. */
    void group(String id, TestGroups.Known known) {
        groups.put(id, known);
    }

    /** Runs on the event loop and waits; what it throws is thrown here. */
    <T> T call(Callable<T> action) {
        try {
            return executor.submit(action).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    void run(Runnable action) {
        call(() -> {
            action.run();
            return true;
        });
    }

    void close() {
        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Override
    public EventExecutor executor() {
        return executor;
    }

    @Override
    public ConnectionInfo connection() {
        return connection;
    }

    @Override
    public TopicNames topics() {
        return this;
    }

    @Override
    public ClusterGroups groups() {
        return new TestGroups(groups);
    }

    @Override
    public Codec codec() {
        return codec;
    }

    @Override
    public short brokerVersion(ApiKeys api) {
        return api.latestVersion();
    }

    @Override
    public void sendOwn(Exchange exchange) {
        try {
            exchange.response(broker.apply(exchange.message()));
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    @Override
    public Optional<String> nameOf(Uuid topicId) {
        return Optional.ofNullable(names.get(topicId));
    }

    @Override
    public CompletionStage<Map<Uuid, String>> namesOf(Collection<Uuid> topicIds) {
        Map<Uuid, String> found = new HashMap<>(names);
        found.keySet().retainAll(topicIds);
        return CompletableFuture.completedFuture(found);
    }
}
