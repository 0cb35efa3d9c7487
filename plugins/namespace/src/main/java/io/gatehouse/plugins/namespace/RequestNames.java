/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.Denial.RequestDenied;
import io.gatehouse.plugins.namespace.Namespace.Real;
import io.gatehouse.plugins.namespace.TopicPattern.RefusedPatternException;
import io.gatehouse.spi.interception.TopicNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.jspecify.annotations.Nullable;

/**
 * Names of one request, from the client to the cluster. Remembers what the response needs: what was denied, and what kinds of names it
 * will give back.
 */
final class RequestNames implements FieldVisitor {

    /** What does more to a topic than describe, read or write it. */
    private static final Set<ApiKeys> MANAGING_TOPICS = Set.of(
            ApiKeys.CREATE_TOPICS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS);

    /** What does more to a group than join it, commit to it and describe it. */
    private static final Set<ApiKeys> MANAGING_GROUPS = Set.of(
            ApiKeys.DELETE_GROUPS,
            ApiKeys.OFFSET_DELETE,
            ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
            ApiKeys.DELETE_SHARE_GROUP_OFFSETS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS);

    /** What brokers refuse for the empty group, while with a prefix it would be a group like any other. */
    private static final Set<ApiKeys> NEEDING_A_GROUP = Set.of(
            ApiKeys.JOIN_GROUP,
            ApiKeys.SYNC_GROUP,
            ApiKeys.HEARTBEAT,
            ApiKeys.LEAVE_GROUP,
            ApiKeys.CONSUMER_GROUP_HEARTBEAT,
            ApiKeys.SHARE_GROUP_HEARTBEAT,
            ApiKeys.STREAMS_GROUP_HEARTBEAT);

    /** Whose clients take COORDINATOR_NOT_AVAILABLE for final, or as a word of another coordinator. */
    private static final Set<ApiKeys> LOADING =
            Set.of(ApiKeys.OFFSET_FETCH, ApiKeys.OFFSET_COMMIT, ApiKeys.ADD_OFFSETS_TO_TXN, ApiKeys.TXN_OFFSET_COMMIT);

    private static final int MAX_TOPIC_LENGTH = 249;

    private static final Denial ABSENT = new Denial(Errors.UNKNOWN_TOPIC_OR_PARTITION, "This topic does not exist.");

    private final ApiKeys api;
    private final Namespace namespace;
    private final TopicNames topics;
    private final Predicate<String> exists;
    private final OwnGroups ownGroups;
    private final List<String> additionalTopics;
    private final Map<String, Denial> denials = new HashMap<>(0);

    private StandIns standIns;
    private boolean hasMoreStandIns;
    private boolean forgetsStandIn;
    private boolean changed;
    private boolean consumerProtocol;
    private byte coordinatorType;
    private boolean createsTopics;

    /**
     * Names of one request.
     *
     * @param kept what stands for topics in the request's session
     * @param exists whether a topic of that real name is known to be there
     * @param ownGroups that have additional names
     * @param additionalTopics real names that a pattern may match besides
     */
    RequestNames(
            ApiKeys api,
            Namespace namespace,
            StandIns kept,
            TopicNames topics,
            Predicate<String> exists,
            OwnGroups ownGroups,
            List<String> additionalTopics) {
        this.api = api;
        this.namespace = namespace;
        this.standIns = kept;
        this.topics = topics;
        this.exists = exists;
        this.ownGroups = ownGroups;
        this.additionalTopics = additionalTopics;
    }

    /**
     * Renames a request.
     *
     * @return whether anything has changed
     * @throws RequestDenied when it has to be refused as a whole
     */
    boolean rename(ApiMessage request, MessageShape shape) {
        coordinatorType = ConnectionState.coordinatorType(request);
        consumerProtocol = ConnectionState.isConsumerProtocol(request);
        createsTopics = request instanceof MetadataRequestData metadata && metadata.allowAutoTopicCreation();
        boolean goesOn = !standIns.isEmpty();
        if (goesOn && standIns.clients().stream().anyMatch(this::mayBeNamed)) {
            throw ConnectionState.outdated(request);
        }
        shape.visit(request, this);
        if (goesOn && forgetsStandIn) {
            // So the responses of the session need not be looked at any more.
            throw ConnectionState.outdated(request);
        }
        return changed;
    }

    @Nullable
    Denial denial(String standIn) {
        return denials.get(standIn);
    }

    /** What stands for topics in the request and in its session. */
    StandIns standIns() {
        return standIns;
    }

    boolean consumerProtocol() {
        return consumerProtocol;
    }

    byte coordinatorType() {
        return coordinatorType;
    }

    @Override
    public @Nullable String text(Field field, @Nullable String value, Object owner) {
        if (value == null) {
            return null;
        }
        String real =
                switch (field.kind()) {
                    case TOPIC -> topic(value, owner);
                    case SUBSCRIBED_TOPIC -> subscribedTopic(value, owner);
                    case GROUP -> group(value, field.inList());
                    case TRANSACTIONAL_ID -> transactionalId(value, field.inList());
                    case TOPIC_PATTERN -> pattern(value, additionalTopics);
                    case TRANSACTIONAL_ID_PATTERN -> pattern(value, List.of());
                    case COORDINATOR_KEY -> coordinatorKey(value, field.inList());
                    case CONFIG_RESOURCE -> configResource(value, owner);
                    // Checked with the resource that they belong to.
                    case CONFIG_KEY, CONFIG_VALUE -> value;
                    // AclRules have done it.
                    case ACL_RESOURCE -> value;
                    case TEXT, HARMLESS -> value;
                    case TOPIC_ID, SUBSCRIPTION, ASSIGNMENT ->
                        throw new IllegalStateException(field + " (expected: no text)");
                };
        changed |= !real.equals(value);
        return real.equals(value) ? value : real;
    }

    private String topic(String name, Object owner) {
        Denial denial = ConfigRules.check(owner, this::renameValue);
        if (denial != null) {
            return denied(namespace.stand(name), denial);
        }
        Real real = resolve(name, MANAGING_TOPICS.contains(api));
        if (createsTopics && real.denial() == null && isAdditional(name, real) && !exists.test(real.name())) {
            // Old versions cannot say that nothing is to be created, and what is the namespace's own may be.
            real = namespace.topic(name, true, exists);
            return real.denial() == null ? real.name() : denied(real.name(), ABSENT);
        }
        return real.denial() == null ? real.name() : denied(real.name(), real.denial());
    }

    private boolean isAdditional(String name, Real real) {
        return real.name().equals(name) && namespace.topics().find(name).isPresent();
    }

    private Real resolve(String name, boolean manage) {
        return namespace.topic(name, manage, exists);
    }

    private String denied(String standIn, Denial denial) {
        denials.put(standIn, denial);
        return standIn;
    }

    /** Topics that Streams has brokers create are managed, the others read. */
    private String subscribedTopic(String name, Object owner) {
        require(ConfigRules.check(owner, this::renameValue));
        Real real = resolve(name, owner instanceof StreamsGroupHeartbeatRequestData.TopicInfo);
        require(real.denial());
        return real.name();
    }

    private static void require(@Nullable Denial denial) {
        if (denial != null) {
            throw new RequestDenied(denial);
        }
    }

    private String group(String id, boolean inList) {
        if (id.isEmpty() && NEEDING_A_GROUP.contains(api)) {
            return id;
        }
        return answered(realGroup(id), inList);
    }

    private Real realGroup(String id) {
        return namespace.group(id, MANAGING_GROUPS.contains(api), ownGroups, whenUnknown(api));
    }

    /** What makes a client of that API come again. */
    static Errors whenUnknown(ApiKeys api) {
        return LOADING.contains(api) ? Errors.COORDINATOR_LOAD_IN_PROGRESS : Errors.COORDINATOR_NOT_AVAILABLE;
    }

    private String transactionalId(String id, boolean inList) {
        if (id.isEmpty() && api == ApiKeys.INIT_PRODUCER_ID) {
            return id;
        }
        return answered(namespace.transactionalId(id), inList);
    }

    /** In a list, the broker answers for a stand-in; alone, nothing is forwarded. */
    private String answered(Real real, boolean inList) {
        if (real.denial() == null) {
            return real.name();
        }
        if (!inList) {
            throw new RequestDenied(real.denial());
        }
        return denied(real.name(), real.denial());
    }

    private String coordinatorKey(String key, boolean inList) {
        if (coordinatorType == CoordinatorType.GROUP.id()) {
            return answered(realGroup(key), inList);
        }
        if (coordinatorType == CoordinatorType.TRANSACTION.id()) {
            return answered(namespace.transactionalId(key), inList);
        }
        throw new RequestDenied(
                new Denial(Errors.CLUSTER_AUTHORIZATION_FAILED, "Coordinators of this type are for brokers only."));
    }

    private String pattern(String pattern, List<String> additional) {
        if (pattern.isEmpty()) {
            return pattern;
        }
        try {
            return new TopicPattern(namespace).toReal(pattern, additional);
        } catch (RefusedPatternException e) {
            throw new RequestDenied(new Denial(Errors.INVALID_REGULAR_EXPRESSION, e.getMessage()));
        }
    }

    /** A resource that is denied becomes a topic that cannot exist: a group that does not exist could be given configs. */
    private String configResource(String name, Object resource) {
        byte type = ConfigRules.type(resource);
        if (ConfigRules.isOfCluster(type) || (type == ConfigRules.GROUP && name.isEmpty())) {
            return name;
        }
        Denial denial = ConfigRules.check(resource, this::renameValue);
        Real real = null;
        if (denial == null && type == ConfigRules.TOPIC) {
            real = resolve(name, MANAGING_TOPICS.contains(api));
        } else if (denial == null && type == ConfigRules.GROUP) {
            real = realGroup(name);
        } else if (denial == null) {
            denial = new Denial(
                    Errors.CLUSTER_AUTHORIZATION_FAILED,
                    "Resources of type " + type + " are not this virtual cluster's.");
        }
        if (real != null && real.denial() == null) {
            return real.name();
        }
        ConfigRules.setType(resource, ConfigRules.TOPIC);
        return denied(
                namespace.stand(type + "/" + name),
                denial != null ? denial : Objects.requireNonNull(real).denial());
    }

    private @Nullable Denial renameValue(String topic, Consumer<String> set) {
        Real real = resolve(topic, false);
        if (real.denial() != null) {
            return real.denial();
        }
        // Brokers do not look, and a topic of that name could never be made.
        if (!Topic.isValid(real.name())) {
            int longest =
                    MAX_TOPIC_LENGTH - (namespace.hides() ? namespace.prefix().length() : 0);
            return new Denial(
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "\"" + topic + "\" cannot be the name of a topic here"
                            + " (expected: letters, digits, '.', '_' and '-', up to " + longest + " characters).");
        }
        set.accept(real.name());
        changed = true;
        return null;
    }

    @Override
    public Uuid id(Field field, Uuid id, Object owner) {
        if (id.equals(Uuid.ZERO_UUID)) {
            return id;
        }
        Uuid standIn = standIns.of(id);
        if (isForgotten(owner)) {
            // Whatever it is by now, it stays in no session.
            forgetsStandIn |= standIn != null;
            changed |= standIn != null;
            return standIn == null ? id : standIn;
        }
        // An id that nobody can name may be that of a foreign topic, made a moment ago.
        if (mayBeNamed(id)) {
            return id;
        }
        changed = true;
        if (standIn != null) {
            return standIn;
        }
        if (!hasMoreStandIns) {
            standIns = standIns.copy();
            hasMoreStandIns = true;
        }
        return standIns.add(id, seenOf(id).map(this::denialOf).orElse(null));
    }

    /** Whether what names a topic takes it out of a session. */
    static boolean isForgotten(Object owner) {
        return owner instanceof FetchRequestData.ForgottenTopic
                || owner instanceof ShareFetchRequestData.ForgottenTopic;
    }

    private boolean mayBeNamed(Uuid id) {
        Optional<String> seen = seenOf(id);
        return seen.isPresent() && denialOf(seen.get()) == null;
    }

    private Optional<String> seenOf(Uuid id) {
        return topics.nameOf(id).flatMap(real -> namespace.topicSeen(real, exists));
    }

    private @Nullable Denial denialOf(String seen) {
        return namespace.topic(seen, MANAGING_TOPICS.contains(api), exists).denial();
    }

    @Override
    public byte[] bytes(Field field, byte[] value, Object owner) {
        if (!consumerProtocol) {
            return value;
        }
        byte[] now = field.kind() == FieldKind.SUBSCRIPTION
                ? ConsumerProtocolNames.subscription(value, this::realOfMember)
                : ConsumerProtocolNames.assignment(value, this::realOfMember);
        changed = true;
        return now;
    }

    private Optional<String> realOfMember(String name) {
        Real real = resolve(name, false);
        require(real.denial());
        return Optional.of(real.name());
    }
}
