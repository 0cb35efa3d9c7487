/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One of two places in which {@link NamespaceDifferentialIT} does the same: the cluster itself, with names that start with a prefix of
 * their own, or a namespace, with names that do not.
 */
final class World implements AutoCloseable {

    private static final int ATTEMPTS = 100;

    private final String prefix;
    private final Connector connector;
    private RawKafkaClient client;
    private final Map<String, Object> memory = new HashMap<>();
    private @Nullable Function<String, Uuid> topicIds;
    private int correlationId;

    /** Opens a connection, authenticated. */
    interface Connector {
        RawKafkaClient connect() throws IOException;
    }

    World(String prefix, Connector connector) throws IOException {
        this.prefix = prefix;
        this.connector = connector;
        this.client = connector.connect();
    }

    /** After a request that the peer answered by closing. */
    void reconnect() throws IOException {
        client.close();
        client = connector.connect();
    }

    /** A topic, group or transactional id, as it is called here. */
    String name(String name) {
        return prefix + name;
    }

    /** A regular expression over names, as it is written here. */
    String pattern(String pattern) {
        return prefix.isEmpty() ? pattern : prefix.replace(".", "\\.") + "(?:" + pattern + ")";
    }

    String prefix() {
        return prefix;
    }

    void keep(String key, Object value) {
        memory.put(key, value);
    }

    @SuppressWarnings("unchecked")
    <T> T kept(String key) {
        return (T) memory.get(key);
    }

    /** One request and its response, again while the broker asks for patience. */
    <R extends ApiMessage> R call(ApiKeys api, int version, ApiMessage request) throws IOException {
        for (int attempt = 0; ; attempt++) {
            R response = client.exchange(api, version, request, correlationId++, "differential");
            if (attempt == ATTEMPTS || !asksForPatience(json(response, (short) version))) {
                return response;
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    private static boolean asksForPatience(JsonNode node) {
        if (node.isObject() && node.has("errorCode")) {
            Errors error = Errors.forCode((short) node.get("errorCode").asInt());
            if (error == Errors.COORDINATOR_LOAD_IN_PROGRESS
                    || error == Errors.COORDINATOR_NOT_AVAILABLE
                    || error == Errors.NOT_COORDINATOR
                    || error == Errors.LEADER_NOT_AVAILABLE
                    || error == Errors.NOT_LEADER_OR_FOLLOWER
                    || error == Errors.CONCURRENT_TRANSACTIONS) {
                return true;
            }
        }
        for (JsonNode child : node) {
            if (asksForPatience(child)) {
                return true;
            }
        }
        return false;
    }

    /** A message as Kafka's own converter writes it. */
    static JsonNode json(ApiMessage message, short version) {
        try {
            Class<?> converter = Class.forName(message.getClass().getName() + "JsonConverter");
            Method write = converter.getMethod("write", message.getClass(), short.class);
            return (JsonNode) write.invoke(null, message, version);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has requests name these ids, instead of those of the topics that they name. */
    World topicIds(Function<String, Uuid> ids) {
        topicIds = ids;
        return this;
    }

    Uuid topicId(String topic) throws IOException {
        if (topicIds != null) {
            return topicIds.apply(topic);
        }
        MetadataResponseData response = call(
                ApiKeys.METADATA,
                12,
                new MetadataRequestData()
                        .setAllowAutoTopicCreation(false)
                        .setTopics(java.util.List.of(
                                new MetadataRequestData.MetadataRequestTopic().setName(name(topic)))));
        return response.topics().iterator().next().topicId();
    }

    /** A producer id for a transactional id. */
    InitProducerIdResponseData producer(String transactionalId) throws IOException {
        InitProducerIdResponseData response = call(
                ApiKeys.INIT_PRODUCER_ID,
                5,
                new InitProducerIdRequestData()
                        .setTransactionalId(name(transactionalId))
                        .setTransactionTimeoutMs(60_000));
        if (response.errorCode() != 0) {
            throw new IOException("producer id of " + transactionalId + ": " + Errors.forCode(response.errorCode()));
        }
        return response;
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
