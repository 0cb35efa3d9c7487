/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.ConnectionInfo;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.ResponseContext;
import io.gatehouse.spi.interception.TopicNames;
import io.gatehouse.spi.records.RecordsContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** The context of one request, its response and their records. */
final class HarnessContext implements RequestContext, ResponseContext, RecordsContext {

    private final User user;
    private final ConnectionInfo connection;
    private final ApiKeys api;
    private final short version;
    private final @Nullable String clientId;
    private final TopicNames topics;
    private final Function<ApiMessage, ApiMessage> broker;
    private @Nullable Object attachment;

    HarnessContext(
            User user,
            ConnectionInfo connection,
            ApiKeys api,
            short version,
            @Nullable String clientId,
            TopicNames topics,
            Function<ApiMessage, ApiMessage> broker) {
        this.user = user;
        this.connection = connection;
        this.api = api;
        this.version = version;
        this.clientId = clientId;
        this.topics = topics;
        this.broker = broker;
    }

    @Override
    public User user() {
        return user;
    }

    @Override
    public ConnectionInfo connection() {
        return connection;
    }

    @Override
    public ApiKeys apiKey() {
        return api;
    }

    @Override
    public short apiVersion() {
        return version;
    }

    @Override
    public @Nullable String clientId() {
        return clientId;
    }

    @Override
    public TopicNames topics() {
        return topics;
    }

    @Override
    public void attach(@Nullable Object value) {
        attachment = value;
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public CompletionStage<ApiMessage> send(ApiMessage message) {
        try {
            return CompletableFuture.completedFuture(broker.apply(message));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
