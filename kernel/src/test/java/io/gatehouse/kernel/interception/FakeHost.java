/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.wire.Codec;
import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.interception.ClusterGroups;
import io.gatehouse.spi.interception.TopicNames;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** A connection that keeps what interceptors send. */
final class FakeHost implements ChainHost, ConnectionInfo, TopicNames {

    final List<Exchange> sent = new ArrayList<>();
    final Map<Uuid, String> names = new HashMap<>();

    @Nullable
    CompletableFuture<Map<Uuid, String>> asked;

    CompletableFuture<Map<String, Boolean>> groupsAsked = CompletableFuture.completedFuture(Map.of());

    short version = -2;
    private final EventExecutor executor;
    private final Codec codec = new Codec();

    FakeHost(EventExecutor executor) {
        this.executor = executor;
    }

    @Override
    public EventExecutor executor() {
        return executor;
    }

    @Override
    public ConnectionInfo connection() {
        return this;
    }

    @Override
    public TopicNames topics() {
        return this;
    }

    @Override
    public ClusterGroups groups() {
        return new ClusterGroups() {
            @Override
            public boolean canAsk() {
                return true;
            }

            @Override
            public CompletionStage<Map<String, Boolean>> exist(Collection<String> groupIds) {
                return groupsAsked;
            }

            @Override
            public CompletionStage<Map<String, Boolean>> stillExist(Collection<String> groupIds) {
                return groupsAsked;
            }
        };
    }

    @Override
    public Codec codec() {
        return codec;
    }

    @Override
    public short brokerVersion(ApiKeys api) {
        return version == -2 ? api.latestVersion() : version;
    }

    @Override
    public void sendOwn(Exchange exchange) {
        sent.add(exchange);
    }

    @Override
    public Optional<String> nameOf(Uuid topicId) {
        return Optional.ofNullable(names.get(topicId));
    }

    @Override
    public CompletionStage<Map<Uuid, String>> namesOf(Collection<Uuid> topicIds) {
        return asked == null ? CompletableFuture.completedFuture(Map.copyOf(names)) : asked;
    }

    @Override
    public String id() {
        return "1";
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return InetSocketAddress.createUnresolved("client", 1);
    }

    @Override
    public String listener() {
        return "test";
    }

    @Override
    public boolean encrypted() {
        return false;
    }
}
