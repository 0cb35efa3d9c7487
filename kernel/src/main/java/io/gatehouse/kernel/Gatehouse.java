/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.broker.Transport;
import io.gatehouse.kernel.client.ClientLimits;
import io.gatehouse.kernel.client.ClientServices;
import io.gatehouse.kernel.client.ConnectionRegistry;
import io.gatehouse.kernel.client.Listeners;
import io.gatehouse.kernel.client.TrafficMeters;
import io.gatehouse.kernel.config.AuthenticationEntry;
import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.GatehouseConfig;
import io.gatehouse.kernel.config.LimitsConfig;
import io.gatehouse.kernel.config.LoadedConfig;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.identity.ByEntryExtractor;
import io.gatehouse.kernel.identity.UserResolver;
import io.gatehouse.kernel.interception.InterceptorDefinition;
import io.gatehouse.kernel.interception.Interceptors;
import io.gatehouse.kernel.interception.Scope;
import io.gatehouse.kernel.operations.AuditLog;
import io.gatehouse.kernel.operations.Health;
import io.gatehouse.kernel.operations.JvmMetrics;
import io.gatehouse.kernel.operations.ManagementServer;
import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.PluginHost;
import io.gatehouse.kernel.plugins.PluginHostOptions;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.kernel.plugins.PluginStatus;
import io.gatehouse.kernel.resources.InterceptorSpec;
import io.gatehouse.kernel.resources.KernelKinds;
import io.gatehouse.kernel.resources.ResourceIdentity;
import io.gatehouse.kernel.resources.ResourceUserMappingStore;
import io.gatehouse.kernel.resources.ResourceWriter;
import io.gatehouse.kernel.resources.Resources;
import io.gatehouse.kernel.resources.VirtualClusterSpec;
import io.gatehouse.kernel.wire.AdmissionBudget;
import io.gatehouse.kernel.wire.Codec;
import io.gatehouse.spi.config.DataSize;
import io.gatehouse.spi.identity.EditableUserMappingStore;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.internal.PlatformDependent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway: {@link #start} is the boot sequence and the wiring, read from top to bottom; {@link #close} drains and stops.
 */
public final class Gatehouse implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Gatehouse.class);

    private static final String STOPS = "the gateway stops";

    private final LoadedConfig loaded;
    private volatile GatehouseConfig config;
    private final Path home;
    private final Closing closing = new Closing();

    /**
     * Held while something is made anew of what plugins and resources are now, so that whoever comes last has seen the newest of both:
     * changes come on threads of both.
     */
    private final Object changes = new Object();

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Health health = new Health();
    private final AuditLog audit = new AuditLog();
    private final ChangeAudit changeAudit = new ChangeAudit(audit);
    private final Codec codec = new Codec();
    private final ConnectionRegistry connections = new ConnectionRegistry();

    private Transport transport;
    private Clusters clusters;
    private ListenerSet listeners;
    private Reload reload;
    private Resources resources;
    private ResourceSource resourceSource;
    private ResourceWriter resourceWriter;
    private PluginHost plugins;
    private Interceptors interceptors;
    private Authenticators authenticators;
    private Logins logins;
    private CurrentIdentity identity;
    private ResourceView<VirtualClusterSpec> virtualClusters;
    private ResourceView<InterceptorSpec> interceptorResources;
    private ManagementServer management;
    private @Nullable Administration administration;
    private volatile Optional<String> whyNotListening = Optional.of("not open yet");
    private boolean stopped;

    @SuppressWarnings("NullAway.Init")
    private Gatehouse(LoadedConfig loaded, Path home) {
        this.loaded = loaded;
        this.config = loaded.config();
        this.home = home;
    }

    /**
     * Starts a gateway.
     *
     * @param home where relative paths start
     * @throws ConfigException when the configuration cannot work with the plugins that are there
     * @throws RuntimeException when something of this machine is in the way, such as a busy port; what was started is stopped
     */
    public static Gatehouse start(LoadedConfig loaded, Path home) {
        Gatehouse gateway = new Gatehouse(loaded, home);
        try {
            gateway.boot();
            return gateway;
        } catch (RuntimeException | Error e) {
            gateway.closing.close();
            throw e;
        }
    }

    /**
     * Checks what {@link #start} would check before it opens a port or a connection.
     *
     * @return every problem of plugins and resources as a sentence; none when all is well
     * @throws ConfigException when the configuration cannot work with the plugins that are there
     */
    public static List<String> check(LoadedConfig loaded, Path home) {
        Gatehouse gateway = new Gatehouse(loaded, home);
        try {
            gateway.openResources();
            gateway.startPlugins(null);
            List<String> problems = new ArrayList<>();
            gateway.resourceSource.check().forEach(problem -> problems.add(problem.toString()));
            gateway.pluginsChanged();
            gateway.plugins.snapshot().plugins().stream()
                    .filter(plugin -> plugin.state() == PluginStatus.State.REJECTED)
                    .forEach(plugin ->
                            problems.add("plugin " + plugin.file() + ": " + plugin.code() + ": " + plugin.message()));
            gateway.resources.problems().forEach(problem -> problems.add(problem.toString()));
            gateway.identityProblems().forEach(problem -> problems.add(problem.toString()));
            ListenerCertificates.problems(gateway.config).forEach(problem -> problems.add(problem.toString()));
            problems.addAll(gateway.interceptors.problems());
            gateway.missingPlugins().ifPresent(problems::add);
            problems.addAll(
                    Administration.check(gateway.config.administration(), loaded.binder(), gateway.plugins.snapshot()));
            return problems;
        } finally {
            gateway.closing.close();
        }
    }

    /** The boot sequence. */
    private void boot() {
        startMetersAndTransport();
        connectClusters();
        openResources();
        startPlugins(PluginsCommand.document(home));
        serveManagement();
        resourceSource.read();
        requireWorkingAuthentication();
        resourceSource.requireReadable();
        followChanges();
        ClientServices services = clientServices();
        reportHealth();
        bindListeners(services);
        followConfiguration();
        serveAdministration(services);
        measureJvm();
        log.info("Gatehouse is started, with management on port {}", management.port());
    }

    private void startMetersAndTransport() {
        closing.add("meters", meters::close);
        transport = new Transport(Runtime.getRuntime().availableProcessors());
        closing.add("transport", transport);
        meters.gauge("gatehouse.decoded.requests", codec, Codec::decodedRequests);
        meters.gauge("gatehouse.decoded.responses", codec, Codec::decodedResponses);
        meters.gauge("gatehouse.connections", connections, ConnectionRegistry::size);
    }

    /** Last, since it takes a tenth of a second that clients need not wait for. */
    private void measureJvm() {
        closing.add("jvm metrics", new JvmMetrics(meters));
    }

    private void openResources() {
        resourceSource = new ResourceSource(loaded, home, this::pluginSnapshot);
        resources = resourceSource.resources();
        closing.add("resources", resources);
        resourceWriter = new ResourceWriter(
                resources, new PluginOfferedTypes(this::pluginSnapshot, () -> interceptors), changeAudit);
        closing.add("resource writer", resourceWriter);
        virtualClusters = resources.view(KernelKinds.VIRTUAL_CLUSTER);
        interceptorResources = resources.view(KernelKinds.INTERCEPTOR);
    }

    /** @param document says what became of the plugins; null for a check beside a gateway that may run */
    private void startPlugins(@Nullable Path document) {
        Path staging = StagingFolder.of(home);
        closing.add("staging folder", () -> Files.deleteIfExists(staging));
        plugins = new PluginHost(
                home.resolve(config.plugins().folder()),
                staging,
                document,
                meters,
                new StoredPluginResources(resources, resourceWriter),
                PluginHostOptions.DEFAULT
                        .withEnd(
                                config.plugins().drainTimeout(),
                                config.plugins().leakTimeout())
                        .withReserved(reservedNames()));
        closing.add("plugins", plugins);
        interceptors = new Interceptors(new PluginInterceptorTypes(plugins::snapshot));
        authenticators = new Authenticators(this::identityChanged);
        logins = new Logins(authenticators, virtualClusters, resources::groupsFromElsewhere, loaded);
        identity = new CurrentIdentity(
                loaded, new ResourceUserMappingStore(resources, this::identityChanged), this::identityChanged);
        closing.add("what plugins have made", this::letPluginsGo);
        plugins.onChange(this::pluginsChanged);
        plugins.onOverdue(overdue -> connections.closeHolding(overdue, "plugin " + overdue + " was replaced"));
        plugins.start();
    }

    /** What plugins cannot call their extensions, since the gateway has it itself. */
    private static Map<ExtensionType<?>, Set<String>> reservedNames() {
        return Map.of(
                ExtensionType.AUTHENTICATOR,
                Set.of(AuthenticationEntry.ANONYMOUS_TYPE, AuthenticationEntry.DELEGATED_TYPE),
                ExtensionType.PRINCIPAL_EXTRACTOR,
                Set.of(ByEntryExtractor.NAME),
                ExtensionType.USER_MAPPING_STORE,
                Set.of(IdentityPlugins.RESOURCES),
                ExtensionType.RESOURCE_STORE,
                Set.of(ResourceSource.FILE),
                ExtensionType.RESOURCE_KIND,
                KernelKinds.NAMES);
    }

    /** A plugin that comes later heals a connection; but at start a type that nobody offers is a mistake in the file. */
    private void requireWorkingAuthentication() {
        pluginsChanged();
        List<Problem> ofFile = Logins.ofFile(identityProblems());
        if (!ofFile.isEmpty()) {
            throw new ConfigException("the configuration", ofFile);
        }
    }

    /** Why some or all clients cannot authenticate, or be told apart. */
    private List<Problem> identityProblems() {
        List<Problem> problems = new ArrayList<>(logins.problems());
        problems.addAll(identity.problems());
        return problems;
    }

    /** Early: what brokers say of the cluster comes while plugins are loaded. */
    private void connectClusters() {
        clusters = new Clusters(transport, codec, config.limits(), health);
        closing.add("clusters", clusters);
        clusters.stage(config.clusters()).commit();
    }

    private void followChanges() {
        plugins.onThreads(task -> transport.loops().forEach(loop -> loop.execute(task)));
        interceptorResources.watch(name -> updateInterceptors());
        virtualClusters.watch(name -> {
            virtualClustersChanged();
            identityChanged();
        });
        resources.view(KernelKinds.GROUP).watch(name -> identityChanged());
        pluginsChanged();
    }

    private ClientServices clientServices() {
        LimitsConfig limits = config.limits();
        long budget = limits.queuedMaxRequestBytes()
                .map(DataSize::bytes)
                .orElseGet(() -> PlatformDependent.maxDirectMemory() / 4);
        AdmissionBudget admission = new AdmissionBudget(budget);
        meters.gauge("gatehouse.queued.request.bytes", admission, AdmissionBudget::reserved);
        ResourceIdentity known = new ResourceIdentity(resources);
        return new ClientServices(
                transport,
                codec,
                admission,
                interceptors,
                new UserResolver(known, known, identity::extractor, identity::store, UserResolver.DEADLINE),
                new ClientLimits(
                        (int) limits.saslServerMaxReceiveSize().bytes(),
                        (int) limits.socketRequestMaxBytes().bytes(),
                        limits.connectionsMaxIdle(),
                        limits.connectionsMaxAge(),
                        limits.connectionsMaxReauth(),
                        limits.connectionFailedAuthenticationDelay(),
                        limits.frameProgressTimeout(),
                        limits.authenticationTimeout()),
                new TrafficMeters(meters),
                audit,
                connections);
    }

    /** Early, so that a gateway that waits for its resources can say so. */
    private void serveManagement() {
        health.addReadiness("resources", resourceSource::whyNone);
        health.addReadiness("plugins", this::missingPlugins);
        health.addReadiness("listeners", () -> whyNotListening);
        management = new ManagementServer(
                config.management().address(), config.management().port(), health, meters);
        closing.add("management", management);
    }

    private void reportHealth() {
        meters.gauge(
                "gatehouse.interceptors.failed",
                interceptors,
                all -> all.problems().size());
        health.addReadiness("interceptors", () -> sentence(interceptors.problems()));
        health.addReadiness(
                "authentication",
                () -> sentence(
                        identityProblems().stream().map(Problem::toString).toList()));
    }

    /** Last, as whoever comes by it may change everything. */
    private void serveAdministration(ClientServices services) {
        ResourceIdentity known = new ResourceIdentity(resources);
        Explainer explainer = new Explainer(
                listeners::all, services.resolver(), known, identity::store, known::principalsOf, interceptors);
        GatewayOperations operations = new GatewayOperations(
                home.resolve("data"),
                resourceWriter,
                resources,
                plugins,
                connections,
                authenticators,
                explainer,
                health,
                changeAudit,
                reload);
        Administration served = new Administration(config.administration(), loaded.binder(), operations);
        closing.add("administration", served);
        synchronized (changes) {
            administration = served;
            served.update(plugins.snapshot());
        }
    }

    private Optional<String> missingPlugins() {
        List<String> running = plugins.snapshot().plugins().stream()
                .filter(plugin -> plugin.state() == PluginStatus.State.STARTED)
                .map(PluginStatus::id)
                .toList();
        List<String> missing = config.plugins().required().stream()
                .filter(required -> !running.contains(required))
                .map(required -> "plugin " + required + " is required and not running")
                .toList();
        return sentence(missing);
    }

    private static Optional<String> sentence(List<String> problems) {
        return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
    }

    private void bindListeners(ClientServices services) {
        listeners = new ListenerSet(
                new Listeners(services),
                (listener, path, gateway, before) -> new ConfiguredListener(
                        listener, path, gateway, clusters, virtualClusters, authenticators, before));
        closing.add("connections", this::drain);
        listeners.stage(config).commit();
        whyNotListening = Optional.empty();
        UnboundedPassthrough.warnings(
                        listeners.all().stream()
                                .filter(ConfiguredListener::opensCluster)
                                .map(ConfiguredListener::config)
                                .toList(),
                        interceptorResources.list().stream().map(Resource::spec).toList())
                .forEach(log::warn);
        closing.add("certificates", new CertificateRenewal(listeners, clusters));
    }

    /** No new connections; what is in flight finishes within the drain timeout; then the rest is closed. */
    private void drain() {
        synchronized (changes) {
            whyNotListening = Optional.of(STOPS);
            listeners.close();
        }
        connections.drain();
        long deadline = System.nanoTime() + config.limits().drainTimeout().toNanos();
        while (connections.size() > 0 && System.nanoTime() < deadline) {
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        connections.closeAll();
    }

    // ---- what changes while running

    private void pluginsChanged() {
        boolean whoIsWho;
        synchronized (changes) {
            if (stopped) {
                return;
            }
            PluginSnapshot now = plugins.snapshot();
            resourceSource.pluginsChanged();
            List<ResourceKind<?>> kinds = new ArrayList<>();
            now.all(ExtensionType.RESOURCE_KIND).forEach(kind -> kinds.add(kind.extension()));
            // Before the factories run, which may read resources of these kinds.
            resources.kinds(kinds);
            whoIsWho = logins.update(now) | identity.update(now);
            updateInterceptors();
            if (administration != null) {
                administration.update(now);
            }
        }
        if (whoIsWho) {
            identityChanged();
        }
    }

    private void virtualClustersChanged() {
        synchronized (changes) {
            if (!stopped) {
                logins.update(plugins.snapshot());
            }
        }
        updateInterceptors();
    }

    /** Closes what factories have made while their plugins still run. */
    private void letPluginsGo() {
        synchronized (changes) {
            stopped = true;
            interceptors.update(List.of());
            authenticators.apply(authenticators.prepare(List.of(), loaded.binder(), plugins.snapshot()));
            identity.close();
        }
        resourceSource.close();
    }

    /** From then on the bootstrap file may change. */
    private void followConfiguration() {
        reload = new Reload(changes, loaded, audit, meters, new Reload.Parts() {
            @Override
            public void stage(LoadedConfig next, List<Staged> staged) {
                if (whyNotListening.isPresent()) {
                    throw new IllegalArgumentException(STOPS);
                }
                PluginSnapshot now = plugins.snapshot();
                staged.add(clusters.stage(next.config().clusters()));
                staged.add(StagedReferences.of(resources, config, next.config()));
                staged.add(logins.stage(next, now));
                staged.add(identity.stage(next, now));
                ListenerSet.Change change = listeners.stage(next.config());
                staged.add(change);
                staged.add(0, change.retirement());
                if (administration != null) {
                    staged.add(administration.stage(next.config().administration(), next.binder(), now));
                }
            }

            @Override
            public void done(LoadedConfig next, boolean whoIsWho) {
                config = next.config();
                if (whoIsWho) {
                    identityChanged();
                }
            }
        });
    }

    /**
     * Reads the bootstrap file again and makes it count: all of it or nothing.
     *
     * @param actor who wants it, for log and audit
     * @return what has changed, each as a sentence
     * @throws ConfigException with everything that is in the way; nothing has changed then
     */
    public List<String> reload(String actor) {
        return reload.run(actor, false);
    }

    private void updateInterceptors() {
        synchronized (changes) {
            if (!stopped) {
                interceptors.update(
                        interceptorResources.list().stream()
                                .map(Gatehouse::definition)
                                .toList(),
                        name -> virtualClusters
                                .get(name)
                                .map(found -> found.spec().cluster()));
                connections.letRetiredGo();
            }
        }
    }

    static InterceptorDefinition definition(Resource<InterceptorSpec> resource) {
        InterceptorSpec spec = resource.spec();
        return new InterceptorDefinition(
                resource.name(),
                spec.policy().orElse(resource.name()),
                spec.type(),
                spec.priority(),
                new Scope(
                        spec.scope().all(),
                        spec.scope().virtualCluster(),
                        spec.scope().group(),
                        spec.scope().username()),
                spec.config(),
                spec.enabled(),
                spec.isFinal());
    }

    private void identityChanged() {
        interceptors.identityChanged();
    }

    // ---- what others may ask

    private PluginSnapshot pluginSnapshot() {
        return plugins.snapshot();
    }

    /** Reads and changes resources. */
    ResourceWriter resourceWriter() {
        return resourceWriter;
    }

    /** Where health and metrics are served. */
    public int managementPort() {
        return management.port();
    }

    /** What became of the jars in the plugins folder. */
    public List<PluginStatus> pluginStatuses() {
        return plugins.statuses();
    }

    /** Looks at the plugins folder now. */
    public void rescanPlugins() {
        plugins.rescan();
    }

    /** How many requests and responses were decoded so far: what nobody asked for is not. */
    public Codec codec() {
        return codec;
    }

    /** Through which user mappings can be changed where they are not resources; empty while there is no such store. */
    public Optional<EditableUserMappingStore> editableUserMappings() {
        return identity.editableStore();
    }

    /** How many clients are connected. */
    public int connections() {
        return connections.size();
    }

    /** Drains and stops: listeners first, then what they need. Stops everything, whatever fails. */
    @Override
    public void close() {
        log.info("Gatehouse stops");
        closing.close();
        log.info("Gatehouse is stopped");
    }
}
