/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.kernel.broker.BrokerConnector.OpenConnection;
import io.gatehouse.spi.interception.ClusterGroups;
import io.gatehouse.spi.interception.TopicNames;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One real cluster: its brokers, what versions they offer, and connections to them. Learns from its own connection, from the metadata
 * that passes on its way to clients, and again whenever a broker was lost.
 *
 * <p>Thread-safe: state is one immutable snapshot, replaced on this cluster's own event loop.
 */
public final class Cluster implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Cluster.class);

    private static final Duration REFRESH_INTERVAL = Duration.ofMinutes(5);
    private static final String NOT_ASKED = "not asked yet";
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final Duration RETIREMENT = Duration.ofSeconds(15);

    private final String name;
    private final List<Node> bootstrapServers;
    private final BrokerConnector connector;
    private final EventLoop loop;
    private final ClusterTopics topics;
    private final GroupCoordinators coordinators;
    private final KnownGroups groups;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicBoolean refreshScheduled = new AtomicBoolean();

    private volatile ClusterState state = ClusterState.UNKNOWN;
    /** What the metadata that passes has told, where the gateway cannot ask for itself. */
    private volatile @Nullable MetadataResponseData learnt;

    private volatile @Nullable String problem = NOT_ASKED;
    private volatile boolean closed;

    /** Nodes whose versions may have changed; on the loop only. */
    private final Set<Integer> stale = new HashSet<>();

    private @Nullable CompletableFuture<ClusterState> refreshing;
    private @Nullable OpenConnection connection;

    /**
     * @param bootstrapServers tried in turn
     * @param loop for the cluster's own connections
     */
    public Cluster(String name, List<Node> bootstrapServers, BrokerConnector connector, EventLoop loop) {
        this.name = name;
        this.bootstrapServers = List.copyOf(bootstrapServers);
        this.connector = connector;
        this.loop = loop;
        this.topics = new ClusterTopics(request -> onLoop(() -> ask(request)), System::nanoTime);
        this.coordinators = new GroupCoordinators(
                connector,
                loop,
                () -> own("groups"),
                new GroupProblems(name, System::nanoTime),
                GroupCoordinators.IDLE);
        this.groups = new KnownGroups(coordinators::ask, connector::hasCredentials, System::nanoTime);
    }

    /** Begins to learn; comes back at once. */
    public void start() {
        refresh();
        loop.scheduleWithFixedDelay(
                this::refresh, REFRESH_INTERVAL.toSeconds(), REFRESH_INTERVAL.toSeconds(), TimeUnit.SECONDS);
    }

    public String name() {
        return name;
    }

    /** Looks whether the files of TLS have changed, and reads them again then. Not for event loops. */
    public void reloadTlsIfChanged() {
        connector.reloadTlsIfChanged();
    }

    /** What is known now. */
    public ClusterState state() {
        return state;
    }

    /** Why the cluster cannot be used at the moment; empty when it can. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Names of topic ids. */
    public TopicNames topics() {
        return topics;
    }

    /** Which groups there are. */
    public ClusterGroups groups() {
        return groups;
    }

    /**
     * A node with its versions: at once when it is known, else after asking the cluster.
     *
     * @return completes on any thread; empty when the cluster has no such node now; exceptionally when the cluster cannot be asked
     */
    public CompletableFuture<Optional<Node>> node(int nodeId) {
        ClusterState now = state;
        if (now.nodes().containsKey(nodeId) && now.versions().containsKey(nodeId)) {
            return CompletableFuture.completedFuture(now.node(nodeId));
        }
        return refresh().thenApply(refreshed -> refreshed.node(nodeId));
    }

    /** What is known, once anything is. */
    public CompletableFuture<ClusterState> known() {
        ClusterState now = state;
        return now.isKnown() ? CompletableFuture.completedFuture(now) : refresh();
    }

    /** Where a connection may go that is not bound to a node: nodes that answered, then bootstrap servers, another one first each time. */
    public List<Node> candidates() {
        ClusterState now = state;
        List<Node> candidates = new ArrayList<>();
        List<Node> answering = now.nodes().values().stream()
                .filter(node -> now.versions().containsKey(node.id()))
                .toList();
        addFrom(candidates, answering, turn.getAndIncrement() & Integer.MAX_VALUE);
        addFrom(candidates, bootstrapServers, 0);
        return candidates;
    }

    private static void addFrom(List<Node> candidates, List<Node> nodes, int first) {
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get((first + i) % nodes.size());
            boolean present = candidates.stream()
                    .anyMatch(other -> other.host().equals(node.host()) && other.port() == node.port());
            if (!present) {
                candidates.add(node);
            }
        }
    }

    /**
     * Connects to a node on the given loop; the channel has no handler of the caller's yet.
     *
     * @return completes on the loop; exceptionally with a {@link BrokerUnreachableException}
     */
    public CompletableFuture<BrokerConnection> connect(
            EventLoop on, Node node, @Nullable RecvByteBufAllocator receive) {
        return connector.connect(on, node.host(), node.port(), receive).whenComplete((connected, failure) -> {
            if (failure != null) {
                lost(node);
            }
        });
    }

    /** Whether the gateway can ask this cluster for itself; else it learns from what passes between clients and brokers. */
    public boolean hasCredentials() {
        return connector.hasCredentials();
    }

    /**
     * Connects to a node on the given loop for a client that authenticates there itself.
     *
     * @return as {@link #connect}
     */
    public CompletableFuture<RelayedBroker> connectForClient(
            EventLoop on, Node node, @Nullable RecvByteBufAllocator receive) {
        return connector
                .open(on, node.host(), node.port(), receive, false)
                .thenApply(opened -> new RelayedBroker(node, opened))
                .whenComplete((connected, failure) -> {
                    if (failure != null) {
                        lost(node);
                    }
                });
    }

    /**
     * Asks for the cluster's nodes over a connection on which a client has authenticated, and learns them.
     *
     * @return completes on any thread
     */
    public CompletableFuture<ClusterState> learnFrom(RelayedBroker broker) {
        return metadata(broker.opened(), noTopics()).thenCompose(response -> {
            learn(response);
            return refresh();
        });
    }

    /**
     * Authenticates an open connection to a node anew, with the gateway's credentials.
     *
     * @return as {@link BrokerConnector#reauthenticate}
     */
    public CompletableFuture<Long> reauthenticate(RequestSender requests, Node node, EventLoop on) {
        return connector.reauthenticate(requests, node.host(), on);
    }

    /** A connection to the node failed or broke: it may come back with other versions, so they are asked again soon. */
    public void lost(Node node) {
        loop.execute(() -> {
            stale.add(node.id());
            refreshSoon();
        });
    }

    /** Learns brokers and topic names from a response on its way to a client. */
    public void learn(MetadataResponseData response) {
        topics.learn(response);
        if (!hasCredentials()) {
            learnt = new MetadataResponseData()
                    .setClusterId(response.clusterId())
                    .setBrokers(response.brokers().duplicate());
        }
        ClusterState now = state;
        boolean same = response.brokers().size() == now.nodes().size();
        for (MetadataResponseData.MetadataResponseBroker broker : response.brokers()) {
            Node known = now.nodes().get(broker.nodeId());
            same &= known != null && known.host().equals(broker.host()) && known.port() == broker.port();
        }
        if (!same) {
            refreshSoon();
        }
    }

    /** At most once a second, however many responses of a broker that lags behind pass. */
    private void refreshSoon() {
        if (refreshScheduled.compareAndSet(false, true)) {
            refresh();
            loop.schedule(() -> refreshScheduled.set(false), RETRY_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Learns a topic's name. */
    public void learn(Uuid topicId, String topic) {
        topics.learn(topicId, topic);
    }

    /** Asks the cluster again; several callers at once share one round. */
    public CompletableFuture<ClusterState> refresh() {
        return onLoop(() -> {
            CompletableFuture<ClusterState> running = refreshing;
            if (running != null) {
                return running;
            }
            CompletableFuture<ClusterState> started = new CompletableFuture<>();
            refreshing = started;
            (hasCredentials() ? askAny(candidates(), 0, null).thenCompose(this::withVersions) : withoutCredentials())
                    .whenComplete((refreshed, failure) -> finish(started, refreshed, failure));
            return started;
        });
    }

    private void finish(
            CompletableFuture<ClusterState> started, @Nullable ClusterState refreshed, @Nullable Throwable failure) {
        refreshing = null;
        if (refreshed != null) {
            if (problem != null) {
                log.info(
                        "cluster {}: reached, id {}, nodes {}",
                        name,
                        refreshed.clusterId(),
                        refreshed.nodes().keySet());
            }
            state = refreshed;
            problem = null;
            started.complete(refreshed);
            return;
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String message = "bootstrap.servers: " + addresses(bootstrapServers)
                + " (expected: at least one that answers): " + (cause == null ? "no answer" : cause.getMessage());
        if (problem == null || problem.equals(NOT_ASKED)) {
            log.error("cluster {}: {}", name, message);
        } else {
            log.debug("cluster {}: still {}", name, message);
        }
        problem = message;
        started.completeExceptionally(new BrokerUnreachableException(message, cause));
        if (!closed) {
            loop.schedule(this::refresh, RETRY_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static String addresses(Collection<Node> nodes) {
        return String.join(
                ",", nodes.stream().map(node -> node.host() + ":" + node.port()).toList());
    }

    private CompletableFuture<MetadataResponseData> askAny(List<Node> candidates, int at, @Nullable Throwable last) {
        if (at == candidates.size()) {
            return CompletableFuture.failedFuture(
                    last == null ? new IllegalStateException("no bootstrap server") : last);
        }
        CompletableFuture<MetadataResponseData> asked =
                connectOwn(candidates.get(at)).thenCompose(own -> metadata(own, noTopics()));
        return asked.handle((response, failure) -> failure == null
                        ? CompletableFuture.completedFuture(response)
                        : askAny(candidates, at + 1, BrokerConnector.unreachable(candidates.get(at), failure)))
                .thenCompose(next -> next);
    }

    /** Brokers tell their versions to anybody, but their nodes only to who is authenticated: those are what has passed. */
    private CompletableFuture<ClusterState> withoutCredentials() {
        MetadataResponseData known = learnt;
        if (known != null) {
            return withVersions(known).exceptionallyCompose(failure -> withVersions(bootstrap(null)));
        }
        return withVersions(bootstrap(null));
    }

    /** The bootstrap servers as if they were the nodes: under ids that no node has. */
    private MetadataResponseData bootstrap(@Nullable String clusterId) {
        MetadataResponseData response = new MetadataResponseData().setClusterId(clusterId);
        for (Node server : bootstrapServers) {
            response.brokers()
                    .add(new MetadataResponseData.MetadataResponseBroker()
                            .setNodeId(server.id())
                            .setHost(server.host())
                            .setPort(server.port()));
        }
        return response;
    }

    private static MetadataRequestData noTopics() {
        return new MetadataRequestData().setTopics(List.of()).setAllowAutoTopicCreation(false);
    }

    /** The names of topics. */
    private CompletableFuture<MetadataResponseData> ask(MetadataRequestData request) {
        return own("topic names").thenCompose(own -> metadata(own, request));
    }

    /** The connection that is there, or a new one. */
    private CompletableFuture<OpenConnection> own(String what) {
        if (!hasCredentials()) {
            return CompletableFuture.failedFuture(new IllegalStateException("cluster " + name + ": cannot be asked for "
                    + what + " (expected: credentials of the gateway in its properties)"));
        }
        OpenConnection own = connection;
        if (own != null && own.isUsable()) {
            return CompletableFuture.completedFuture(own);
        }
        return refresh().thenCompose(refreshed -> {
            OpenConnection opened = connection;
            return opened == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("no connection"))
                    : CompletableFuture.completedFuture(opened);
        });
    }

    /** Keeps the connection that answers as the cluster's own. */
    private CompletableFuture<OpenConnection> connectOwn(Node node) {
        OpenConnection own = connection;
        if (own != null && own.isUsable()) {
            return CompletableFuture.completedFuture(own);
        }
        if (own != null) {
            // Its session is near its end; what is in flight is still answered.
            loop.schedule(own::close, RETIREMENT.toMillis(), TimeUnit.MILLISECONDS);
        }
        return connector.open(loop, node.host(), node.port(), null, true).thenApply(opened -> {
            connection = opened;
            return opened;
        });
    }

    private CompletableFuture<MetadataResponseData> metadata(OpenConnection own, MetadataRequestData request) {
        return versions(own)
                .thenCompose(
                        versions -> own.requests().send(ApiKeys.METADATA, versions.usable(ApiKeys.METADATA), request))
                .thenApply(MetadataResponseData.class::cast);
    }

    /** ApiVersions is asked before every use: it is cheap, and the broker behind the address may be another one by now. */
    static CompletableFuture<BrokerVersions> versions(OpenConnection own) {
        ApiVersionsRequestData request =
                new ApiVersionsRequestData().setClientSoftwareName("gatehouse").setClientSoftwareVersion("0");
        return own.requests()
                .send(ApiKeys.API_VERSIONS, 4, request)
                .thenApply(ApiVersionsResponseData.class::cast)
                .thenCompose(response -> response.errorCode() == Errors.UNSUPPORTED_VERSION.code()
                        ? own.requests()
                                .send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData())
                                .thenApply(ApiVersionsResponseData.class::cast)
                        : CompletableFuture.completedFuture(response))
                .thenApply(BrokerVersions::new);
    }

    /** Asks every node for its versions that are not known at its address. One that does not answer is left without. */
    private CompletableFuture<ClusterState> withVersions(MetadataResponseData response) {
        topics.learn(response);
        Map<Integer, Node> nodes = new HashMap<>();
        Map<Integer, BrokerVersions> versions = new HashMap<>();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        ClusterState before = state;
        for (MetadataResponseData.MetadataResponseBroker broker : response.brokers()) {
            Node node = new Node(broker.nodeId(), broker.host(), broker.port(), broker.rack());
            nodes.put(node.id(), node);
            BrokerVersions known = before.versions().get(node.id());
            boolean current =
                    !stale.remove(node.id()) && node.equals(before.nodes().get(node.id()));
            if (known != null && current) {
                versions.put(node.id(), known);
                continue;
            }
            asked.add(connector
                    .open(loop, node.host(), node.port(), null, hasCredentials())
                    .thenCompose(opened -> versions(opened).whenComplete((answer, failure) -> opened.close()))
                    .handle((answer, failure) -> {
                        if (answer != null) {
                            versions.put(node.id(), answer);
                        } else {
                            failures.add(failure);
                        }
                        return null;
                    }));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(done -> {
            if (versions.isEmpty()) {
                throw new IllegalStateException("no broker of " + addresses(nodes.values()) + " answers"
                        + (failures.isEmpty() ? "" : ": " + failures.get(0).getMessage()));
            }
            return new ClusterState(response.clusterId(), nodes, versions);
        });
    }

    private <T> CompletableFuture<T> onLoop(java.util.function.Supplier<CompletableFuture<T>> task) {
        if (loop.inEventLoop()) {
            return task.get();
        }
        return CompletableFuture.supplyAsync(task, loop).thenCompose(started -> started);
    }

    @Override
    public void close() {
        closed = true;
        loop.execute(() -> {
            if (connection != null) {
                connection.close();
            }
            coordinators.close();
        });
        connector.close();
    }
}
