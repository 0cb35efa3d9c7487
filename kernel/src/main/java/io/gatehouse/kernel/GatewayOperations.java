/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.ConnectionRegistry;
import io.gatehouse.kernel.client.OpenConnection;
import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.Schemas;
import io.gatehouse.kernel.operations.Health;
import io.gatehouse.kernel.plugins.PluginHost;
import io.gatehouse.kernel.plugins.PluginStatus;
import io.gatehouse.kernel.resources.ResourceEdit;
import io.gatehouse.kernel.resources.ResourceProblem;
import io.gatehouse.kernel.resources.ResourceWriter;
import io.gatehouse.kernel.resources.Resources;
import io.gatehouse.kernel.resources.StoredResource;
import io.gatehouse.kernel.resources.WriteOptions;
import io.gatehouse.spi.User;
import io.gatehouse.spi.operations.ConnectionState;
import io.gatehouse.spi.operations.Explanation;
import io.gatehouse.spi.operations.ExplanationRequest;
import io.gatehouse.spi.operations.HealthState;
import io.gatehouse.spi.operations.Operations;
import io.gatehouse.spi.operations.PluginState;
import io.gatehouse.spi.operations.ResourceOperations;
import io.gatehouse.spi.resources.Precondition;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The gateway as its operators see it. Thread-safe. */
final class GatewayOperations implements Operations, ResourceOperations {

    private final Path dataFolder;
    private final ResourceWriter writer;
    private final Resources resources;
    private final PluginHost plugins;
    private final ConnectionRegistry connections;
    private final Authenticators authenticators;
    private final Explainer explainer;
    private final Health health;
    private final ChangeAudit audit;
    private final Reload reload;

    GatewayOperations(
            Path dataFolder,
            ResourceWriter writer,
            Resources resources,
            PluginHost plugins,
            ConnectionRegistry connections,
            Authenticators authenticators,
            Explainer explainer,
            Health health,
            ChangeAudit audit,
            Reload reload) {
        this.dataFolder = dataFolder;
        this.writer = writer;
        this.resources = resources;
        this.plugins = plugins;
        this.connections = connections;
        this.authenticators = authenticators;
        this.explainer = explainer;
        this.health = health;
        this.audit = audit;
        this.reload = reload;
    }

    @Override
    public String version() {
        return GatehouseMain.Version.ofSpi();
    }

    @Override
    public Path dataFolder() {
        return dataFolder;
    }

    @Override
    public ResourceOperations resources() {
        return this;
    }

    @Override
    public List<PluginState> plugins() {
        return plugins.statuses().stream().map(GatewayOperations::state).toList();
    }

    @Override
    public List<PluginState> rescanPlugins() {
        plugins.rescan();
        return plugins();
    }

    private static PluginState state(PluginStatus status) {
        return new PluginState(
                status.file(),
                Optional.ofNullable(status.id()),
                Optional.ofNullable(status.version()),
                Optional.ofNullable(status.hash()),
                status.state().name(),
                Optional.ofNullable(status.code()).map(Enum::name),
                Optional.ofNullable(status.message()),
                status.extensions(),
                status.warnings(),
                status.since(),
                status.leases());
    }

    @Override
    public List<String> reload(String actor) {
        try {
            return reload.run(actor, true);
        } catch (ConfigException e) {
            throw new ResourceException(
                    ResourceException.Reason.INVALID,
                    e.problems().stream()
                            .map(problem -> new ResourceException.Issue("", "", problem.path(), problem.message()))
                            .toList());
        }
    }

    // ---- connections

    @Override
    public CompletionStage<List<ConnectionState>> connections() {
        return connections
                .describe()
                .thenApply(all -> all.stream().map(GatewayOperations::state).toList());
    }

    private static ConnectionState state(OpenConnection connection) {
        Optional<User> user = connection.user();
        return new ConnectionState(
                connection.id(),
                connection.remoteAddress().getAddress().getHostAddress() + ":"
                        + connection.remoteAddress().getPort(),
                connection.listener(),
                connection.encrypted(),
                user.map(User::username),
                user.map(User::principal),
                user.map(each -> each.authentication().method()),
                user.map(User::virtualCluster),
                user.map(each -> new TreeSet<>(each.groups())).orElseGet(TreeSet::new),
                connection.broker(),
                connection.since(),
                connection.requests(),
                connection.requestBytes(),
                connection.responseBytes());
    }

    @Override
    public CompletionStage<Boolean> closeConnection(String id, String actor) {
        boolean found = connections.close(id, "closed by " + actor);
        if (found) {
            audit.write("connection.close", Map.of("actor", actor, "connection", id));
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public CompletionStage<Integer> closeConnectionsOf(String username, String actor) {
        return connections.describe().thenApply(all -> {
            List<String> ids = all.stream()
                    .filter(each -> each.user()
                            .filter(user -> user.username().equals(username))
                            .isPresent())
                    .map(OpenConnection::id)
                    .toList();
            ids.forEach(id -> connections.close(id, "closed by " + actor));
            audit.write("connection.close", Map.of("actor", actor, "username", username, "connections", ids.size()));
            return ids.size();
        });
    }

    @Override
    public CompletionStage<Explanation> explain(ExplanationRequest request) {
        try {
            if (request.connection().isEmpty()) {
                return explainer.explain(request, Optional.empty());
            }
            String id = request.connection().get();
            return connections
                    .describe()
                    // Connections are described on event loops, where nothing may block; plugins are asked now, and
                    // may.
                    .thenComposeAsync(all -> explainer.explain(
                            request,
                            Optional.of(all.stream()
                                    .filter(each -> each.id().equals(id))
                                    .findFirst()
                                    .orElseThrow(() -> new IllegalArgumentException(
                                            "connection: " + id + " (expected: one that is open)")))));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public HealthState health() {
        Health.Report report = health.ready();
        return new HealthState(report.up(), report.checks());
    }

    @Override
    public void audit(String event, Map<String, ?> fields) {
        audit.write(event, fields);
    }

    @Override
    public <T> Map<String, T> capabilities(Class<T> capability) {
        return authenticators.implementing(capability);
    }

    // ---- resources

    @Override
    public List<Kind> kinds() {
        return writer.kinds().stream()
                .map(kind -> new Kind(
                        kind.kind(),
                        Schemas.description(kind.specType()).orElse(kind.kind()),
                        Schemas.of(kind.specType())))
                .toList();
    }

    @Override
    public List<Document> list(String kind) {
        return writer.list(kind).stream().map(GatewayOperations::document).toList();
    }

    @Override
    public Optional<Document> get(String kind, String name) {
        return writer.get(kind, name).map(GatewayOperations::document);
    }

    private static Document document(StoredResource stored) {
        return new Document(
                stored.kind(), stored.name(), stored.version(), stored.tree(), stored.origin(), stored.problems());
    }

    @Override
    public CompletionStage<ResourceOutcome> put(
            String kind, String name, Map<String, Object> document, Precondition precondition, Options options) {
        return change(new ResourceEdit.Put(kind, name, document, precondition), options);
    }

    @Override
    public CompletionStage<ResourceOutcome> delete(
            String kind, String name, Precondition precondition, Options options) {
        return change(new ResourceEdit.Delete(kind, name, precondition), options);
    }

    @Override
    public CompletionStage<List<ResourceOutcome>> change(List<Change> changes, Options options) {
        List<ResourceEdit> edits = changes.stream()
                .map(change -> change.document()
                        .<ResourceEdit>map(document ->
                                new ResourceEdit.Put(change.kind(), change.name(), document, change.precondition()))
                        .orElseGet(() -> new ResourceEdit.Delete(change.kind(), change.name(), change.precondition())))
                .toList();
        return writer.write(edits, new WriteOptions(options.dryRun(), options.allowPending(), options.actor()));
    }

    private CompletionStage<ResourceOutcome> change(ResourceEdit edit, Options options) {
        return writer.write(List.of(edit), new WriteOptions(options.dryRun(), options.allowPending(), options.actor()))
                .thenApply(outcomes -> outcomes.get(0));
    }

    @Override
    public List<String> problems() {
        return Stream.concat(resources.problems().stream().map(ResourceProblem::toString), writer.pending().stream())
                .toList();
    }
}
