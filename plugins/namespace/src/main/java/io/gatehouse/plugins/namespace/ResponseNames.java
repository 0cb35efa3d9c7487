/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.interception.TopicNames;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.jspecify.annotations.Nullable;

/** Names of one response, from the cluster to the client. What the client does not see is taken out with its element. */
final class ResponseNames implements FieldVisitor {

    private final ApiKeys api;
    private final Namespace namespace;
    private final RequestNames request;
    private final TopicNames topics;
    private final Predicate<String> exists;
    private final OwnGroups ownGroups;

    private final MessageShape shape;
    private boolean changed;

    /**
     * Names of one response.
     *
     * @param request the names of the request that it is the response to
     * @param exists see {@link RequestNames}
     * @param ownGroups see {@link RequestNames}
     * @param shape of the response
     */
    ResponseNames(
            ApiKeys api,
            Namespace namespace,
            RequestNames request,
            TopicNames topics,
            Predicate<String> exists,
            OwnGroups ownGroups,
            MessageShape shape) {
        this.api = api;
        this.shape = shape;
        this.namespace = namespace;
        this.request = request;
        this.topics = topics;
        this.exists = exists;
        this.ownGroups = ownGroups;
    }

    /** Renames a response; whether anything has changed. */
    boolean rename(ApiMessage response) {
        if (response instanceof DescribeGroupsResponseData described) {
            described.groups().stream()
                    .filter(group -> group.protocolType().equals(ConsumerProtocolNames.TYPE))
                    .forEach(this::renameMembers);
        }
        shape.visit(response, this);
        return changed;
    }

    private void renameMembers(DescribeGroupsResponseData.DescribedGroup group) {
        for (var member : group.members()) {
            member.setMemberMetadata(ConsumerProtocolNames.subscription(member.memberMetadata(), this::topicSeen));
            member.setMemberAssignment(ConsumerProtocolNames.assignment(member.memberAssignment(), this::topicSeen));
        }
        changed = true;
    }

    @Override
    public @Nullable String text(Field field, @Nullable String value, Object owner) {
        if (value == null) {
            return null;
        }
        String seen =
                switch (field.kind()) {
                    case TOPIC, SUBSCRIBED_TOPIC ->
                        value.isEmpty() ? value : named(field, value, owner, topicSeen(value));
                    case GROUP -> named(field, value, owner, namespace.groupSeen(value, ownGroups));
                    case TRANSACTIONAL_ID -> named(field, value, owner, namespace.transactionalIdSeen(value));
                    case COORDINATOR_KEY -> coordinatorKey(field, value, owner);
                    case TOPIC_PATTERN, TRANSACTIONAL_ID_PATTERN ->
                        value.isEmpty() ? value : new TopicPattern(namespace).toSeen(value);
                    case CONFIG_RESOURCE -> configResource(field, value, owner);
                    case CONFIG_VALUE ->
                        ConfigRules.isTopicName(owner) ? topicSeen(value).orElse("") : value;
                    case TEXT -> namespace.textSeen(value);
                    // AclRules do it.
                    case ACL_RESOURCE -> value;
                    case CONFIG_KEY, HARMLESS -> value;
                    case TOPIC_ID, SUBSCRIPTION, ASSIGNMENT ->
                        throw new IllegalStateException(field + " (expected: no text)");
                };
        if (seen == GONE) {
            changed = true;
            return GONE;
        }
        changed |= !seen.equals(value);
        return seen.equals(value) ? value : seen;
    }

    private Optional<String> topicSeen(String real) {
        return namespace.topicSeen(real, exists);
    }

    private String named(Field field, String real, Object owner, Optional<String> seen) {
        if (!namespace.isStandIn(real)) {
            return seen.orElse(GONE);
        }
        Denial denial = request.denial(real);
        if (denial != null) {
            fail(field, owner, denial);
        }
        return namespace.standsFor(real);
    }

    private void fail(Field field, Object owner, Denial denial) {
        String path = field.path().substring(0, field.path().lastIndexOf('.') + 1);
        Failures.fail(owner, path, shape, denial);
    }

    private String coordinatorKey(Field field, String key, Object owner) {
        return named(
                field,
                key,
                owner,
                request.coordinatorType() == CoordinatorType.GROUP.id()
                        ? namespace.groupSeen(key, ownGroups)
                        : namespace.transactionalIdSeen(key));
    }

    private String configResource(Field field, String name, Object resource) {
        byte type = ConfigRules.type(resource);
        if (ConfigRules.isOfCluster(type)) {
            return name;
        }
        if (type == ConfigRules.GROUP) {
            return name.isEmpty() ? name : named(field, name, resource, namespace.groupSeen(name, ownGroups));
        }
        if (type != ConfigRules.TOPIC) {
            return GONE;
        }
        if (!namespace.isStandIn(name)) {
            return name.isEmpty() ? name : topicSeen(name).orElse(GONE);
        }
        String typed = named(field, name, resource, Optional.empty());
        int slash = typed.indexOf('/');
        ConfigRules.setType(resource, Byte.parseByte(typed.substring(0, slash)));
        return typed.substring(slash + 1);
    }

    @Override
    public Uuid id(Field field, Uuid id, Object owner) {
        StandIns.StandIn standIn = request.standIns().find(id);
        if (standIn != null) {
            if (standIn.denial() != null) {
                fail(field, owner, standIn.denial());
            }
            changed = true;
            return standIn.clients();
        }
        // The only API that lists topics by id alone.
        if (api == ApiKeys.OFFSET_FETCH
                && !id.equals(Uuid.ZERO_UUID)
                && topics.nameOf(id).flatMap(this::topicSeen).isEmpty()) {
            changed = true;
            return GONE_ID;
        }
        return id;
    }

    @Override
    public byte[] bytes(Field field, byte[] value, Object owner) {
        if (api == ApiKeys.DESCRIBE_GROUPS || !request.consumerProtocol()) {
            return value;
        }
        changed = true;
        return field.kind() == FieldKind.SUBSCRIPTION
                ? ConsumerProtocolNames.subscription(value, this::topicSeen)
                : ConsumerProtocolNames.assignment(value, this::topicSeen);
    }
}
