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
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
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

    private final Namespace namespace;
    private final Twins twins;
    private final AclRules acls;
    private final ConnectionState state = new ConnectionState();

    NamespaceConnection(Namespace namespace, Twins twins) {
        this.namespace = namespace;
        this.twins = twins;
        this.acls = new AclRules(namespace);
    }

    /** A request of an API without ids, additional names or pages. */
    Decision request(Shapes.Api api, ApiMessage request, RequestContext context) {
        return decide(api, request, context, List.of());
    }

    /** A request that may have to wait until names are known. */
    CompletionStage<Decision> requestLater(Shapes.Api api, ApiMessage request, RequestContext context) {
        MessageShape shape = api.request(context.apiVersion());
        if (request instanceof DescribeTopicPartitionsRequestData pages
                && pages.topics().isEmpty()) {
            return allTopics(context).thenApply(seen -> page(api, pages, seen, context));
        }
        CompletionStage<Void> known = known(request, shape, context);
        if (hasTopicPattern(request) && namespace.topics().hasGlobs()) {
            return known.thenCompose(ready -> allTopics(context))
                    .thenApply(seen -> decide(api, request, context, additionalOf(seen)));
        }
        List<String> additional =
                hasTopicPattern(request) ? namespace.topics().exact().toList() : List.of();
        return known.thenApply(ready -> decide(api, request, context, additionalOf(additional)));
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
    private CompletionStage<Void> known(ApiMessage request, MessageShape shape, RequestContext context) {
        CompletionStage<Void> twinsKnown = CompletableFuture.completedFuture(null);
        if (!namespace.topics().isEmpty()) {
            Set<String> additional =
                    AdditionalTopicNames.in(request, shape, namespace.topics(), state.isConsumerProtocol(request));
            twinsKnown = twins.resolve(additional, context);
        }
        List<Uuid> unknown = TopicIds.unknownIn(request, shape, context.topics());
        if (unknown.isEmpty()) {
            return twinsKnown;
        }
        return twinsKnown.thenCombine(context.topics().namesOf(unknown), (ready, names) -> null);
    }

    /** All topics that the client sees, by their real names. */
    private CompletionStage<List<String>> allTopics(RequestContext context) {
        MetadataRequestData all = new MetadataRequestData().setTopics(null).setAllowAutoTopicCreation(false);
        return context.send(all).thenApply(response -> {
            Set<String> there = ((MetadataResponseData) response)
                    .topics().stream()
                            .map(MetadataResponseData.MetadataResponseTopic::name)
                            .collect(Collectors.toSet());
            return there.stream()
                    .filter(real -> namespace.topicSeen(real, there::contains).isPresent())
                    .toList();
        });
    }

    private List<String> additionalOf(List<String> realTopics) {
        return realTopics.stream()
                .filter(real -> !real.startsWith(namespace.prefix()))
                .filter(real -> namespace.topicSeen(real, twins::exists).isPresent())
                .toList();
    }

    /** Pages run through the topics that are named: naming those that the client sees leaves no foreign one, nor a cursor at one. */
    private Decision page(
            Shapes.Api api, DescribeTopicPartitionsRequestData request, List<String> seen, RequestContext context) {
        if (seen.isEmpty()) {
            return Decision.respond(new DescribeTopicPartitionsResponseData());
        }
        request.setTopics(seen.stream()
                .map(real -> namespace.topicSeen(real, twins::exists).orElseThrow())
                .map(name -> new DescribeTopicPartitionsRequestData.TopicRequest().setName(name))
                .toList());
        return decide(api, request, context, List.of());
    }

    private Decision decide(Shapes.Api api, ApiMessage request, RequestContext context, List<String> additionalTopics) {
        ApiKeys key = context.apiKey();
        RequestNames names = new RequestNames(key, namespace, state, context.topics(), twins::exists, additionalTopics);
        boolean changed;
        try {
            requireClient(request);
            acls.request(request);
            changed = names.rename(request, api.request(context.apiVersion()));
        } catch (RequestDenied e) {
            return Decision.refuse(
                    e.denial().error(), namespace.textSeen(e.denial().reason()));
        }
        Decision.Forward forward = (Decision.Forward) (changed ? Decision.forward(request) : Decision.forward());
        MessageShape responseShape = api.response(context.apiVersion());
        if (!responseShape.hasNames() && !state.hasStandIns()) {
            return forward;
        }
        return forward.onResponse(
                api.responseType(), (response, answered) -> respond(responseShape, names, response, answered));
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

    private Decision respond(MessageShape shape, RequestNames request, ApiMessage response, ResponseContext context) {
        Set<String> listed = listedTopics(response);
        ResponseNames names = new ResponseNames(
                context.apiKey(),
                namespace,
                state,
                request,
                context.topics(),
                real -> listed.contains(real) || twins.exists(real),
                shape);
        boolean changed = acls.response(response) | names.rename(response);
        return changed ? Decision.forward(response) : Decision.forward();
    }

    /** A list of topics tells by itself which additional ones are hidden by the namespace's own. */
    private Set<String> listedTopics(ApiMessage response) {
        if (namespace.topics().isEmpty() || !(response instanceof MetadataResponseData metadata)) {
            return Set.of();
        }
        return metadata.topics().stream()
                .filter(topic -> topic.name() != null && topic.errorCode() == Errors.NONE.code())
                .map(MetadataResponseData.MetadataResponseTopic::name)
                .collect(Collectors.toSet());
    }

    /** Makes the ids of a response known, before {@link #request}'s handler looks at it. */
    CompletionStage<Decision> knowIds(Shapes.Api api, ApiMessage response, ResponseContext context) {
        List<Uuid> unknown = TopicIds.unknownIn(response, api.response(context.apiVersion()), context.topics());
        if (unknown.isEmpty()) {
            return CompletableFuture.completedFuture(Decision.forward());
        }
        return context.topics().namesOf(unknown).thenApply(names -> Decision.forward());
    }
}
