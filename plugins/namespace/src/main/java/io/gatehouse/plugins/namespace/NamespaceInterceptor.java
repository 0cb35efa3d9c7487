/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.AsyncOptions;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.Subscriptions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * One namespace. Looks at requests in which a field can be a name, and at a response only when the request says that it has names; what the
 * table does not know is not offered.
 */
final class NamespaceInterceptor implements Interceptor {

    private static final AsyncOptions DEADLINE = AsyncOptions.within(Duration.ofSeconds(20));

    private static final Set<FieldKind> NAMING_TOPICS = EnumSet.of(
            FieldKind.TOPIC,
            FieldKind.SUBSCRIBED_TOPIC,
            FieldKind.CONFIG_RESOURCE,
            FieldKind.SUBSCRIPTION,
            FieldKind.ASSIGNMENT,
            FieldKind.TOPIC_PATTERN);

    private static final Set<FieldKind> NAMING_GROUPS =
            EnumSet.of(FieldKind.GROUP, FieldKind.COORDINATOR_KEY, FieldKind.CONFIG_RESOURCE);

    /** Whose responses tell of groups: those that the request does not name, or those that are gone. */
    private static final Set<ApiKeys> TELLING_OF_GROUPS =
            Set.of(ApiKeys.LIST_GROUPS, ApiKeys.LIST_CONFIG_RESOURCES, ApiKeys.DELETE_GROUPS);

    /** What answers with groups that the request does not name. */
    static final Set<ApiKeys> LISTING_GROUPS = Set.of(ApiKeys.LIST_GROUPS, ApiKeys.LIST_CONFIG_RESOURCES);

    private final Shapes shapes;
    private final Namespace namespace;
    private final Twins twins;
    private final GroupTwins groupTwins;

    NamespaceInterceptor(Shapes shapes, Namespace namespace, Twins twins, GroupTwins groupTwins) {
        this.shapes = shapes;
        this.namespace = namespace;
        this.twins = twins;
        this.groupTwins = groupTwins;
    }

    @Override
    public void subscribe(User user, Subscriptions on) {
        NamespaceConnection connection = new NamespaceConnection(namespace, twins, groupTwins);
        // A copy: Kafka gives its own set away.
        EnumSet<ApiKeys> unknown = EnumSet.copyOf(ApiKeys.apisForListener(ListenerType.BROKER));
        unknown.removeIf(api -> FieldTable.OF_KAFKA.ofGateway().contains(api.name));
        shapes.apis().forEach((api, shape) -> {
            unknown.remove(api);
            on.limit(api, shape.oldest(), shape.latest());
            subscribe(api, shape, connection, on);
        });
        unknown.forEach(api -> on.limit(api, 1, 0));
        on.topicNames(real -> namespace.topicSeen(real, twins::exists));
    }

    private <M extends ApiMessage> void subscribe(
            ApiKeys api, Shapes.Api shape, NamespaceConnection connection, Subscriptions on) {
        if (!shape.hasFields()) {
            return;
        }
        @SuppressWarnings("unchecked")
        Class<M> type = (Class<M>) shape.requestType();
        if (mayHaveToAsk(api, shape)) {
            on.requestAsync(
                    api, type, DEADLINE, (request, context) -> connection.requestLater(shape, request, context));
        } else {
            on.request(api, type, (request, context) -> connection.request(shape, request, context));
        }
        if (api == ApiKeys.OFFSET_FETCH || (namespace.hasTwofoldGroups() && TELLING_OF_GROUPS.contains(api))) {
            @SuppressWarnings("unchecked")
            Class<M> responseType = (Class<M>) shape.responseType();
            on.responseAsync(
                    api, responseType, DEADLINE, (response, context) -> connection.know(shape, response, context));
        }
    }

    private boolean mayHaveToAsk(ApiKeys api, Shapes.Api shape) {
        if (api == ApiKeys.DESCRIBE_TOPIC_PARTITIONS || api == ApiKeys.ALTER_CONFIGS) {
            return true;
        }
        if (!namespace.topics().isEmpty() && NamespaceConnection.NAMING_MORE_TOPICS.contains(api)) {
            return true;
        }
        Set<FieldKind> asked = EnumSet.of(FieldKind.TOPIC_ID);
        if (!namespace.topics().isEmpty()) {
            asked.addAll(NAMING_TOPICS);
        }
        if (namespace.hasTwofoldGroups()) {
            asked.addAll(NAMING_GROUPS);
        }
        return shape.requests().values().stream()
                .flatMap(MessageShape::fields)
                .anyMatch(field -> asked.contains(field.kind()));
    }
}
