/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.plugins.namespace.Denial.RequestDenied;
import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.interception.RequestContext;
import io.gatehouse.spi.interception.ResponseContext;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Requests and responses of one connection. What has to be asked of brokers first is rare: everything else is decided at once. */
final class NamespaceConnection {

    /** What answers with topics that the request does not name. */
    static final Set<ApiKeys> NAMING_MORE_TOPICS = Set.of(
            ApiKeys.OFFSET_FETCH,
            ApiKeys.JOIN_GROUP,
            ApiKeys.SYNC_GROUP,
            ApiKeys.DESCRIBE_GROUPS,
            ApiKeys.CONSUMER_GROUP_DESCRIBE,
            ApiKeys.SHARE_GROUP_DESCRIBE,
            ApiKeys.STREAMS_GROUP_DESCRIBE,
            ApiKeys.STREAMS_GROUP_HEARTBEAT,
            ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
            ApiKeys.DESCRIBE_TRANSACTIONS,
            ApiKeys.LIST_CONFIG_RESOURCES);

    private static final CompletionStage<OwnGroups> NO_GROUPS = CompletableFuture.completedFuture(OwnGroups.NOT_ASKED);

    private final Namespace namespace;
    private final Twins twins;
    private final GroupTwins groupTwins;
    private final ConnectionState state = new ConnectionState();

    NamespaceConnection(Namespace namespace, Twins twins, GroupTwins groupTwins) {
        this.namespace = namespace;
        this.twins = twins;
        this.groupTwins = groupTwins;
    }

    /** A request of an API without ids, additional names or pages. */
    Decision request(Shapes.Api api, ApiMessage request, RequestContext context) {
        return decide(api, request, context, twins::exists, OwnGroups.NOT_ASKED, List.of());
    }

    /** A request that may have to wait until names are known. */
    CompletionStage<Decision> requestLater(Shapes.Api api, ApiMessage request, RequestContext context) {
        MessageShape shape = api.request(context.apiVersion());
        if (request instanceof DescribeTopicPartitionsRequestData pages
                && pages.topics().isEmpty()) {
            return allTopics(context).thenApply(there -> page(api, pages, there, context));
        }
        Twins.Snapshot exists = twins.snapshot();
        CompletionStage<OwnGroups> known = known(request, shape, exists, context);
        if (request instanceof AlterConfigsRequestData altered) {
            return known.thenCompose(own -> alterConfigs(api, altered, context, exists, own));
        }
        if (hasTopicPattern(request) && namespace.topics().hasGlobs()) {
            return known.thenCompose(own -> allTopics(context)
                    .thenApply(there ->
                            decide(api, request, context, there::contains, own, additionalOf(there, there::contains))));
        }
        Set<String> additional =
                hasTopicPattern(request) ? namespace.topics().exact().collect(Collectors.toSet()) : Set.of();
        return known.thenApply(own -> decide(api, request, context, exists, own, additionalOf(additional, exists)));
    }

    private CompletionStage<Decision> alterConfigs(
            Shapes.Api api,
            AlterConfigsRequestData request,
            RequestContext context,
            Predicate<String> exists,
            OwnGroups own) {
        Decision decision = decide(api, request, context, exists, own, List.of());
        if (!(decision instanceof Decision.Forward)) {
            return CompletableFuture.completedFuture(decision);
        }
        return KeptConfigs.add(request, namespace, context).thenApply(kept -> decision);
    }

    private static boolean hasTopicPattern(ApiMessage request) {
        if (request instanceof ConsumerGroupHeartbeatRequestData heartbeat) {
            return heartbeat.subscribedTopicRegex() != null
                    && !heartbeat.subscribedTopicRegex().isEmpty();
        }
        return request instanceof StreamsGroupHeartbeatRequestData heartbeat
                && heartbeat.topology() != null
                && heartbeat.topology().subtopologies().stream()
                        .anyMatch(part -> !part.sourceTopicRegex().isEmpty());
    }

    /** Completes when it is known what the ids and the additional names of a request mean. */
    private CompletionStage<OwnGroups> known(
            ApiMessage request, MessageShape shape, Twins.Snapshot exists, RequestContext context) {
        CompletionStage<OwnGroups> known = namespace.hasTwofoldGroups()
                ? groupTwins.resolve(
                        GroupsIn.ofRequest(request, shape, namespace), context.groups(), MakingGroups.isMaking(request))
                : NO_GROUPS;
        if (!namespace.topics().isEmpty()) {
            Set<String> additional =
                    TopicsIn.of(request, shape, this::isAdditional, ConnectionState.isConsumerProtocol(request));
            if (hasTopicPattern(request) || NAMING_MORE_TOPICS.contains(context.apiKey())) {
                namespace.topics().exact().forEach(additional::add);
            }
            known = known.thenCombine(exists.resolve(additional, context), (own, ready) -> own);
        }
        List<Uuid> unknown = TopicIds.unknownIn(request, shape, context.topics());
        StandIns kept = state.of(request);
        if (!kept.isEmpty()) {
            // For a later request: the other topics of the session do not wait for these.
            context.topics().namesOf(kept.clients());
        }
        return unknown.isEmpty() ? known : known.thenCombine(TopicIds.learn(unknown, context), (own, ready) -> own);
    }

    private boolean isAdditional(String name) {
        return namespace.topics().find(name).isPresent();
    }

    /** All topics of the cluster, by their real names. */
    private static CompletionStage<Set<String>> allTopics(RequestContext context) {
        MetadataRequestData all = new MetadataRequestData().setTopics(null).setAllowAutoTopicCreation(false);
        return context.send(all)
                .thenApply(response -> ((MetadataResponseData) response)
                        .topics().stream()
                                .map(MetadataResponseData.MetadataResponseTopic::name)
                                .collect(Collectors.toSet()));
    }

    private List<String> additionalOf(Set<String> realTopics, Predicate<String> exists) {
        return realTopics.stream()
                .filter(real -> !real.startsWith(namespace.prefix()))
                .filter(real -> namespace.topicSeen(real, exists).isPresent())
                .toList();
    }

    /** Pages run through the topics that are named: naming those that the client sees leaves no foreign one, nor a cursor at one. */
    private Decision page(
            Shapes.Api api, DescribeTopicPartitionsRequestData request, Set<String> there, RequestContext context) {
        request.setTopics(there.stream()
                .flatMap(real -> namespace.topicSeen(real, there::contains).stream())
                .map(name -> new DescribeTopicPartitionsRequestData.TopicRequest().setName(name))
                .toList());
        if (request.topics().isEmpty()) {
            return Decision.respond(new DescribeTopicPartitionsResponseData());
        }
        return decide(api, request, context, there::contains, OwnGroups.NOT_ASKED, List.of());
    }

    private Decision decide(
            Shapes.Api api,
            ApiMessage request,
            RequestContext context,
            Predicate<String> exists,
            OwnGroups own,
            List<String> additionalTopics) {
        ApiKeys key = context.apiKey();
        // A list of all topics says by itself what is there, and needs no memory of it.
        Predicate<String> remembered = listsAllTopics(request, context.apiVersion()) ? name -> false : exists;
        RequestNames names =
                new RequestNames(key, namespace, state.of(request), context.topics(), exists, own, additionalTopics);
        AclRules acls = new AclRules(namespace);
        boolean changed;
        Consumer<ApiMessage> remembering;
        try {
            requireClient(request);
            changed = acls.request(request) | names.rename(request, api.request(context.apiVersion()));
            remembering = state.renamed(request, names.standIns());
        } catch (RequestDenied e) {
            return Decision.refuse(
                    e.denial().error(), namespace.textSeen(e.denial().reason()));
        }
        // What is added to these is more than names: in enforce mode all names may stay as they are.
        boolean grows =
                request instanceof AlterConfigsRequestData || request instanceof DescribeTopicPartitionsRequestData;
        Decision.Forward forward =
                (Decision.Forward) (changed || grows ? Decision.forward(request) : Decision.forward());
        MessageShape responseShape = api.response(context.apiVersion());
        boolean rejoins = own != OwnGroups.NOT_ASKED && Rejoining.isOfMember(request);
        if (!responseShape.hasNames() && names.standIns().isEmpty() && !rejoins && remembering == null) {
            return forward;
        }
        return forward.onResponse(api.responseType(), (response, answered) -> {
            if (remembering != null) {
                remembering.accept(response);
            }
            boolean joins = rejoins && Rejoining.response(response);
            return respond(responseShape, names, acls, remembered, own, response, answered, joins);
        });
    }

    private static boolean listsAllTopics(ApiMessage request, short version) {
        return request instanceof MetadataRequestData metadata
                && (metadata.topics() == null
                        || (version == 0 && metadata.topics().isEmpty()));
    }

    /** A follower would read what is not committed, and be counted by the leader. */
    private static void requireClient(ApiMessage request) {
        boolean follower = (request instanceof FetchRequestData fetch
                        && (fetch.replicaId() >= 0 || fetch.replicaState().replicaId() >= 0))
                || (request instanceof ListOffsetsRequestData offsets && offsets.replicaId() >= 0)
                || (request instanceof OffsetForLeaderEpochRequestData epochs && epochs.replicaId() >= 0);
        if (follower) {
            throw new RequestDenied(
                    new Denial(Errors.CLUSTER_AUTHORIZATION_FAILED, "Replicas of this cluster are brokers only."));
        }
    }

    private Decision respond(
            MessageShape shape,
            RequestNames request,
            AclRules acls,
            Predicate<String> exists,
            OwnGroups asked,
            ApiMessage response,
            ResponseContext context,
            boolean changedBefore) {
        OwnGroups own = context.attachment() instanceof OwnGroups ofList ? ofList : asked;
        Set<String> ownTopics = ownTopics(shape, response, context.apiKey());
        ResponseNames names = new ResponseNames(
                context.apiKey(),
                namespace,
                request,
                context.topics(),
                real -> ownTopics.contains(real) || exists.test(real),
                own,
                shape);
        boolean changed = changedBefore | acls.response(response) | names.rename(response);
        return changed ? Decision.forward(response) : Decision.forward();
    }

    /** What a response names tells by itself which additional topics are hidden by the namespace's own. */
    private Set<String> ownTopics(MessageShape shape, ApiMessage response, ApiKeys api) {
        if (namespace.topics().isEmpty()) {
            return Set.of();
        }
        if (response instanceof MetadataResponseData metadata) {
            return metadata.topics().stream()
                    .filter(topic -> topic.name() != null && topic.errorCode() == Errors.NONE.code())
                    .map(MetadataResponseData.MetadataResponseTopic::name)
                    .collect(Collectors.toSet());
        }
        return NAMING_MORE_TOPICS.contains(api)
                ? TopicsIn.of(response, shape, name -> name.startsWith(namespace.prefix()), true)
                : Set.of();
    }

    /** Makes the ids and the groups of a response known, before {@link #request}'s handler looks at it. */
    CompletionStage<Decision> know(Shapes.Api api, ApiMessage response, ResponseContext context) {
        MessageShape shape = api.response(context.apiVersion());
        if (NamespaceInterceptor.LISTING_GROUPS.contains(context.apiKey())) {
            Set<String> listed = GroupsIn.ofList(response, shape, namespace);
            return groupTwins
                    .resolveListed(listed, GroupsIn.there(response, namespace), context.groups())
                    .thenApply(own -> listed(listed, own, response, context));
        }
        if (response instanceof DeleteGroupsResponseData deleted) {
            // What was remembered counts no more, before the client hears of it.
            return groupTwins
                    .resolve(GroupsIn.deleted(deleted, namespace), context.groups(), true)
                    .thenApply(own -> Decision.forward());
        }
        List<Uuid> unknown = TopicIds.unknownIn(response, shape, context.topics());
        if (unknown.isEmpty()) {
            return CompletableFuture.completedFuture(Decision.forward());
        }
        return context.topics().namesOf(unknown).thenApply(names -> Decision.forward());
    }

    /** A list in which it cannot be known which groups the client sees is none. */
    private Decision listed(Set<String> names, OwnGroups own, ApiMessage response, ResponseContext context) {
        context.attach(own);
        if (names.stream().noneMatch(name -> own.isUnknown(namespace.prefix() + name))) {
            return Decision.forward();
        }
        short error = RequestNames.whenUnknown(context.apiKey()).code();
        ApiMessage none = response instanceof ListGroupsResponseData
                ? new ListGroupsResponseData().setErrorCode(error)
                : new ListConfigResourcesResponseData().setErrorCode(error);
        return Decision.forward(none);
    }
}
