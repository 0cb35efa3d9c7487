/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.BrokerVersions;
import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.kernel.broker.ClusterState;
import io.gatehouse.kernel.interception.Chain;
import io.gatehouse.kernel.routing.AddressRewriter;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.spi.User;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.jspecify.annotations.Nullable;

/**
 * Answers ApiVersions, before and after authentication: for a node's port what that node offers, on the bootstrap port what all known
 * nodes offer. Belongs to the connection's event loop.
 */
final class ApiVersionsLogin {

    private final ClientConnection connection;
    private final ClientServices services;
    private final ClientListener listener;
    private final Route route;
    private final Session session;

    ApiVersionsLogin(
            ClientConnection connection,
            ClientServices services,
            ClientListener listener,
            Route route,
            Session session) {
        this.connection = connection;
        this.services = services;
        this.listener = listener;
        this.route = route;
        this.session = session;
    }

    void handle(short version, int correlationId, ByteBuf frame) {
        if (!ApiKeys.API_VERSIONS.isVersionSupported(version)) {
            connection.answer(ApiKeys.API_VERSIONS, (short) 0, correlationId, ApiVersionsAnswer.unsupportedVersion());
            return;
        }
        ApiVersionsRequestData request =
                (ApiVersionsRequestData) services.codec().decodeRequest(frame, ApiKeys.API_VERSIONS, version);
        if (!new ApiVersionsRequest(request, version).isValid()) {
            answer(version, correlationId, new ApiVersionsResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
            return;
        }
        CompletableFuture<ClusterState> known = known();
        if (known.isDone() && !known.isCompletedExceptionally()) {
            answer(version, correlationId, request, known.join());
            return;
        }
        connection.hold(Hold.RESOLVING);
        known.whenComplete((state, failure) -> connection.executor().execute(() -> {
            if (connection.isClosed()) {
                return;
            }
            if (state == null) {
                connection.closeSilently(
                        "cluster " + route.cluster().name() + " cannot be asked: " + failure.getMessage());
                return;
            }
            answer(version, correlationId, request, state);
            connection.release(Hold.RESOLVING);
        }));
    }

    private CompletableFuture<ClusterState> known() {
        Cluster cluster = route.cluster();
        if (route.node().isEmpty()) {
            return cluster.known();
        }
        return cluster.node(route.node().getAsInt()).thenApply(node -> cluster.state());
    }

    private void answer(short version, int correlationId, ApiVersionsRequestData request, ClusterState state) {
        if (meansSomebodyElse(request, state)) {
            answer(version, correlationId, ApiVersionsAnswer.rebootstrapRequired());
            return;
        }
        Optional<BrokerVersions> versions =
                route.node().isPresent() ? state.versions(route.node().getAsInt()) : state.commonVersions();
        if (versions.isEmpty() && !route.cluster().hasCredentials()) {
            // Nobody has asked for this node yet: the client that comes is the one that does.
            versions = state.commonVersions();
        }
        if (versions.isEmpty()) {
            connection.closeSilently(
                    "node " + route.node() + " of cluster " + route.cluster().name() + " does not answer");
            return;
        }
        Chain chain = connection.chain();
        Chain limits;
        try {
            limits = chain == null ? limitsOfRoute() : chain;
        } catch (RuntimeException e) {
            connection.closeSilently(String.valueOf(e.getMessage()));
            return;
        }
        String virtualCluster = virtualCluster();
        boolean clusterOperations = virtualCluster == null
                || virtualCluster.equals(User.PASSTHROUGH)
                || listener.allowsClusterOperations(virtualCluster);
        answer(version, correlationId, ApiVersionsAnswer.of(versions.get(), limits, clusterOperations, version));
        if (chain == null && limits != null) {
            limits.release();
        }
    }

    private void answer(short version, int correlationId, ApiVersionsResponseData response) {
        connection.answer(ApiKeys.API_VERSIONS, version, correlationId, response);
    }

    /** KIP-1242: only a client that says both has an opinion. */
    private boolean meansSomebodyElse(ApiVersionsRequestData request, ClusterState state) {
        if (request.clusterId() == null || request.nodeId() < 0) {
            return false;
        }
        if (route.node().isEmpty() || route.node().getAsInt() != request.nodeId()) {
            return true;
        }
        String virtualCluster = virtualCluster();
        return virtualCluster != null
                && state.clusterId() != null
                && !request.clusterId().equals(AddressRewriter.visibleClusterId(virtualCluster, state.clusterId()));
    }

    /** The user's, or before authentication the route's; null while only the user can decide. */
    private @Nullable String virtualCluster() {
        User user = session.user();
        return user == null ? route.virtualCluster().orElse(null) : user.virtualCluster();
    }

    /** Limits of interceptors whose scope matches by the route alone: librdkafka asks only once, before authentication. */
    private @Nullable Chain limitsOfRoute() {
        User nobody = User.named(User.ANONYMOUS)
                .cluster(route.cluster().name())
                .virtualCluster(route.virtualCluster().orElse(User.PASSTHROUGH))
                .build();
        return Chain.ofRoute(
                services.interceptors().current(),
                nobody,
                route.virtualCluster().isPresent(),
                connection);
    }
}
