/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.Cluster;
import io.gatehouse.kernel.client.AuthenticationMethods.Entry;
import io.gatehouse.kernel.identity.Resolution;
import io.gatehouse.kernel.identity.RouteFacts;
import io.gatehouse.kernel.identity.UserResolver;
import io.gatehouse.kernel.interception.AclCommands;
import io.gatehouse.kernel.interception.Chain;
import io.gatehouse.kernel.interception.ClusterOperations;
import io.gatehouse.kernel.interception.InterceptorSet;
import io.gatehouse.kernel.routing.AddressRewriter;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.interception.Interceptor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a connection runs as, and with which chain: resolves the user, follows changes of mappings, accounts, interceptors and plugins
 * before the next request, and knows when credentials have expired. Belongs to the connection's event loop.
 */
final class Session {

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final ClientConnection connection;
    private final ClientServices services;
    private final ClientListener listener;
    private final Route route;
    private final LoginAudit audit;

    private @Nullable Entry entry;
    private @Nullable Authentication authentication;
    private @Nullable User user;

    /** When what decides the user began to be looked up, and when that was for the user that counts. */
    private long observedVersion;

    private long identityVersion;
    private boolean expired;
    private @Nullable Future<?> expiry;

    Session(
            ClientConnection connection,
            ClientServices services,
            ClientListener listener,
            Route route,
            LoginAudit audit) {
        this.connection = connection;
        this.services = services;
        this.listener = listener;
        this.route = route;
        this.audit = audit;
    }

    /** Null before there is one. */
    @Nullable
    User user() {
        return user;
    }

    /**
     * To be called before anything is looked up that decides a user: what changes from here on makes the connection resolve its user again.
     */
    void observeIdentities() {
        observedVersion = services.interceptors().current().identityVersion();
    }

    /**
     * An authentication by SASL with the end of its session (KIP-368): the first of what its credentials, the client's certificate and
     * {@code connections.max.reauth.ms} say.
     */
    Authentication bounded(Authentication result) {
        Instant end = result.expiry().orElse(Instant.MAX);
        for (X509Certificate certificate : connection.clientCertificates()) {
            end = earlier(end, certificate.getNotAfter().toInstant());
        }
        Duration maxReauth = services.limits().maxReauth();
        if (!maxReauth.isZero()) {
            end = earlier(end, Instant.now().plus(maxReauth));
        }
        return end.equals(Instant.MAX) ? result : result.toBuilder().expiry(end).build();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Resolves the user of an authentication, the first or another one, and builds its chain. */
    void establish(Entry used, Authentication result, Login.Outcome outcome) {
        Authentication named = result.toBuilder().name(used.name()).build();
        resolve(used, named, resolution -> {
            if (resolution instanceof Resolution.Refused refused) {
                outcome.refused(refused);
                return;
            }
            User next = ((Resolution.Resolved) resolution).user();
            String mismatch = mismatch(next, named);
            if (mismatch != null) {
                outcome.refused(refusal(next, mismatch, mismatch, false));
                return;
            }
            String problem = adopt(next, used);
            if (problem != null) {
                outcome.refused(refusal(next, "", problem, true));
                return;
            }
            // The connection may live for weeks: it must not keep a plugin's authenticator in memory.
            entry = used.withoutAuthenticator();
            authentication = named;
            watchExpiry(named);
            outcome.established();
        });
    }

    private static Resolution.Refused refusal(User next, String message, String reason, boolean mayPass) {
        return new Resolution.Refused(message, reason, mayPass, Optional.of(next.principal()));
    }

    /** What re-authentication may not change (KIP-368); null when nothing of it has changed. */
    private @Nullable String mismatch(User next, Authentication nextAuthentication) {
        User before = user;
        if (before == null) {
            return null;
        }
        if (!before.principal().equals(next.principal())) {
            return "Cannot change principals during re-authentication.";
        }
        if (!before.authentication().method().equals(nextAuthentication.method())) {
            return "Cannot change mechanisms during re-authentication.";
        }
        return before.virtualCluster().equals(next.virtualCluster())
                ? null
                : "Cannot change virtual clusters during re-authentication.";
    }

    private void resolve(Entry used, Authentication result, Consumer<Resolution> then) {
        connection.hold(Hold.RESOLVING);
        RouteFacts facts = new RouteFacts(
                route.cluster().name(),
                route.virtualCluster(),
                route.passthrough(),
                listener.mandatoryVirtualCluster(),
                listener.allowsAnonymous(route.cluster().name()));
        onLoop(services.resolver().resolve(facts, used.facts(), result), (resolution, failure) -> {
            then.accept(
                    resolution != null
                            ? resolution
                            : new Resolution.Refused(
                                    "", "resolving the user failed: " + failure, true, Optional.empty()));
            connection.release(Hold.RESOLVING);
        });
    }

    /** Builds the chain of a user and makes both count; returns why it cannot be. */
    private @Nullable String adopt(User next, @Nullable Entry by) {
        InterceptorSet set = services.interceptors().current();
        Optional<String> problem = set.problem(next);
        if (problem.isPresent()) {
            return problem.get();
        }
        boolean passthrough = next.virtualCluster().equals(User.PASSTHROUGH);
        boolean guarded = !passthrough && !listener.allowsClusterOperations(next.virtualCluster());
        List<Interceptor> last = new ArrayList<>(2);
        // Who has authenticated at the broker has the broker's word on ACLs; else they are about the gateway's
        // principal.
        if (!passthrough && (by == null || !by.relays())) {
            last.add(AclCommands.DISABLED);
        }
        last.add(new AddressRewriter(route, next.virtualCluster()));
        try {
            connection.chain(Chain.build(
                    set,
                    next,
                    connection,
                    guarded ? List.of(ClusterOperations.REFUSED) : List.of(),
                    last,
                    connection.chain()));
        } catch (RuntimeException e) {
            // What was chosen may have been retired meanwhile: then there is another set, which has what is there
            // instead.
            return services.interceptors().current() == set ? e.getMessage() : adopt(next, by);
        }
        user = next;
        identityVersion = observedVersion;
        return null;
    }

    /**
     * Where the connection goes.
     *
     * @param candidates in the order in which they are tried, at least one
     * @param foreign whether they are none of the port's node, which is not known yet
     */
    record Destination(List<Node> candidates, boolean foreign) {}

    /** The broker of the port, or on the bootstrap port any. Completes on any thread; fails when there is none. */
    CompletionStage<Destination> destination() {
        Cluster cluster = route.cluster();
        if (route.node().isEmpty()) {
            return CompletableFuture.completedFuture(new Destination(cluster.candidates(), false));
        }
        int nodeId = route.node().getAsInt();
        return cluster.node(nodeId).handle((node, failure) -> {
            Optional<Node> found = failure == null ? node : cluster.state().node(nodeId);
            if (found.isPresent()) {
                return new Destination(List.of(found.get()), false);
            }
            if (cluster.hasCredentials()) {
                throw new IllegalStateException(
                        "node " + nodeId + " (expected: a node of cluster " + cluster.name() + ")");
            }
            return new Destination(cluster.candidates(), true);
        });
    }

    /** Connects to the broker of the port, or on the bootstrap port to any. */
    void connectBroker() {
        connection.hold(Hold.CONNECTING);
        onLoop(destination(), (destination, failure) -> {
            if (destination == null) {
                connection.closeSilently(
                        failure.getCause() == null
                                ? failure.getMessage()
                                : failure.getCause().getMessage());
                return;
            }
            connection.responses().connect(destination.candidates());
        });
    }

    /**
     * Whether the next frame may be looked at: follows what has changed since the last one.
     *
     * @param reauthenticating whether the frame belongs to a re-authentication
     */
    boolean admits(boolean reauthenticating) {
        if (expired && !reauthenticating) {
            connection.closeAfterResponses("expired", "the credentials have expired");
            return false;
        }
        Chain chain = connection.chain();
        InterceptorSet now = services.interceptors().current();
        if (chain == null || (now == chain.set() && now.identityVersion() == identityVersion)) {
            return true;
        }
        if (now.identityVersion() != identityVersion) {
            resolveAgain();
            return false;
        }
        return adoptedOrClosing(user);
    }

    private boolean adoptedOrClosing(User next) {
        String problem = adopt(next, entry);
        if (problem != null) {
            connection.closeAfterResponses("refused", problem);
            return false;
        }
        return true;
    }

    /** While no request comes: uses the interceptors of now where all can work. Else the next request is told why not. */
    void followInterceptors() {
        User current = user;
        if (current != null
                && services.interceptors().current().problem(current).isEmpty()) {
            String problem = adopt(current, entry);
            if (problem != null) {
                log.debug("connection {}: stays with its interceptors for now: {}", connection.id(), problem);
            }
        }
    }

    private void resolveAgain() {
        if (!listener.stillLeads(route)) {
            revoke("the host name that it asked for leads elsewhere now");
            return;
        }
        Entry current = listener.methods(route).named(entry.name()).orElse(null);
        if (current == null || !current.continues(entry)) {
            revoke("authentication " + entry.name() + " (expected: the entry that let the client in)");
            return;
        }
        entry = current.withoutAuthenticator();
        connection.hold(Hold.RESOLVING);
        observeIdentities();
        onLoop(refreshed(authentication), (now, failure) -> {
            if (now == null || now.isEmpty()) {
                revoke(failure == null ? "the account is gone" : "authenticator failed: " + failure);
                return;
            }
            Authentication named = now.get().toBuilder().name(entry.name()).build();
            resolve(entry, named, resolution -> follow(named, resolution));
        });
    }

    /**
     * What the authenticator says now of an earlier result. Who is not listed any more has none; while the plugin of who is listed is
     * away, what it said holds.
     */
    private CompletionStage<Optional<Authentication>> refreshed(Authentication before) {
        Entry current = acquired(before.name());
        if (current == null) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "authentication " + before.name() + " (expected: an entry that is listed)"));
        }
        if (current.authenticator() == null) {
            return CompletableFuture.completedFuture(Optional.of(before));
        }
        try {
            // A stage of our own: a deadline must not complete the plugin's.
            return current.authenticator()
                    .refresh(before)
                    .thenApply(now -> now)
                    .toCompletableFuture()
                    .orTimeout(UserResolver.DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((now, failure) -> current.lease().release());
        } catch (RuntimeException | LinkageError e) {
            current.lease().release();
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The entry of that name with a use of its authenticator, if it has one; null when there is none. */
    private @Nullable Entry acquired(String name) {
        Entry current = listener.methods(route).named(name).orElse(null);
        if (current == null || current.lease().acquire()) {
            return current;
        }
        // Replaced since it was read: the new one is published before the old one is let go.
        return listener.methods(route)
                .named(name)
                .filter(replacement -> replacement.lease().acquire())
                .orElse(null);
    }

    private void follow(Authentication named, Resolution resolution) {
        if (resolution instanceof Resolution.Refused refused) {
            revoke(refused.reason());
            return;
        }
        User next = ((Resolution.Resolved) resolution).user();
        if (!next.virtualCluster().equals(user.virtualCluster())) {
            revoke("virtual cluster: now " + next.virtualCluster() + " (expected: " + user.virtualCluster()
                    + ", as before)");
            return;
        }
        // Not longer than it was; what the authenticator says now may end sooner.
        Instant end = earlier(
                authentication.expiry().orElse(Instant.MAX), named.expiry().orElse(Instant.MAX));
        authentication =
                end.equals(Instant.MAX) ? named : named.toBuilder().expiry(end).build();
        watchExpiry(authentication);
        adoptedOrClosing(next);
    }

    private void revoke(String reason) {
        audit.revoked(authentication, user, reason);
        connection.closeAfterResponses("refused", reason);
    }

    /** For SaslAuthenticate responses: how long the session may last, in milliseconds; 0 for ever. */
    long lifetimeMillis() {
        return authentication
                .expiry()
                .map(until -> Math.max(1, Duration.between(Instant.now(), until).toMillis()))
                .orElse(0L);
    }

    private void watchExpiry(Authentication result) {
        if (expiry != null) {
            expiry.cancel(false);
        }
        expired = result.expiry().filter(until -> !until.isAfter(Instant.now())).isPresent();
        expiry = result.expiry()
                .map(until -> connection
                        .executor()
                        .schedule(
                                () -> {
                                    expired = true;
                                },
                                Math.max(
                                        0,
                                        Duration.between(Instant.now(), until).toMillis()),
                                TimeUnit.MILLISECONDS))
                .orElse(null);
    }

    private <T> void onLoop(
            CompletionStage<T> stage, java.util.function.BiConsumer<@Nullable T, @Nullable Throwable> then) {
        stage.whenComplete((value, failure) -> {
            if (connection.executor().inEventLoop()) {
                whileOpen(value, failure, then);
            } else {
                connection.executor().execute(() -> whileOpen(value, failure, then));
            }
        });
    }

    private <T> void whileOpen(
            @Nullable T value,
            @Nullable Throwable failure,
            java.util.function.BiConsumer<@Nullable T, @Nullable Throwable> then) {
        if (!connection.isClosed()) {
            then.accept(value, failure);
        }
    }

    void close() {
        if (expiry != null) {
            expiry.cancel(false);
        }
    }
}
