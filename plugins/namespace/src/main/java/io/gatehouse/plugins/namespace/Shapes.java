/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.MessageShape.UnknownFieldException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of all messages, for those APIs and versions whose every field the table knows. What is not here is not offered. Immutable.
 */
final class Shapes {

    /** By the table of this plugin. */
    static final Shapes OF_KAFKA = of(FieldTable.OF_KAFKA);

    private final Map<ApiKeys, Api> apis = new EnumMap<>(ApiKeys.class);
    private final Map<ApiKeys, String> problems = new EnumMap<>(ApiKeys.class);

    /** The shapes of one API by version, from the oldest on; up to the last one before a version that is not known. */
    record Api(
            int oldest,
            int latest,
            Class<? extends ApiMessage> requestType,
            Class<? extends ApiMessage> responseType,
            Map<Integer, MessageShape> requests,
            Map<Integer, MessageShape> responses) {

        MessageShape request(short version) {
            return known(requests.get((int) version), version);
        }

        MessageShape response(short version) {
            return known(responses.get((int) version), version);
        }

        /** Whether any version has a field that is not harmless. */
        boolean hasFields() {
            return Stream.concat(requests.values().stream(), responses.values().stream())
                    .anyMatch(shape -> shape.fields().findAny().isPresent());
        }

        private static MessageShape known(@Nullable MessageShape shape, short version) {
            if (shape == null) {
                throw new IllegalStateException("version " + version + " (expected: one that is offered)");
            }
            return shape;
        }
    }

    private Shapes() {}

    /** Of everything that a broker takes from clients. */
    static Shapes of(FieldTable table) {
        Shapes shapes = new Shapes();
        for (ApiKeys api : ApiKeys.apisForListener(ListenerType.BROKER)) {
            if (!table.refused().contains(api.name) && !table.ofGateway().contains(api.name)) {
                shapes.add(table, api);
            }
        }
        return shapes;
    }

    private void add(FieldTable table, ApiKeys api) {
        Api shape = new Api(
                api.oldestVersion(),
                api.latestVersion(true),
                api.messageType.newRequest().getClass(),
                api.messageType.newResponse().getClass(),
                new java.util.HashMap<>(),
                new java.util.HashMap<>());
        int version = shape.oldest();
        try {
            for (; version <= shape.latest(); version++) {
                MessageShape request = MessageShape.of(
                        table,
                        api.name + "Request",
                        shape.requestType(),
                        schema(api.messageType.requestSchemas(), version));
                MessageShape response = MessageShape.of(
                        table,
                        api.name + "Response",
                        shape.responseType(),
                        schema(api.messageType.responseSchemas(), version));
                shape.requests().put(version, request);
                shape.responses().put(version, response);
            }
        } catch (UnknownFieldException e) {
            problems.put(api, "version " + version + ": " + e.getMessage());
        }
        if (version > shape.oldest()) {
            apis.put(
                    api,
                    new Api(
                            shape.oldest(),
                            version - 1,
                            shape.requestType(),
                            shape.responseType(),
                            Map.copyOf(shape.requests()),
                            Map.copyOf(shape.responses())));
        }
    }

    private static Schema schema(Schema[] schemas, int version) {
        return schemas[version];
    }

    /** An API that may be offered; empty for one that is not. */
    Optional<Api> find(ApiKeys api) {
        return Optional.ofNullable(apis.get(api));
    }

    Map<ApiKeys, Api> apis() {
        return apis;
    }

    /** Versions that are not known, and why. */
    Map<ApiKeys, String> problems() {
        return problems;
    }
}
