/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.AuthenticationMethods.Entry;
import io.gatehouse.kernel.client.OpenConnection;
import io.gatehouse.kernel.identity.Groups;
import io.gatehouse.kernel.identity.Resolution;
import io.gatehouse.kernel.identity.RouteFacts;
import io.gatehouse.kernel.identity.UserResolver;
import io.gatehouse.kernel.interception.AclCommands;
import io.gatehouse.kernel.interception.ClusterOperations;
import io.gatehouse.kernel.interception.InterceptorSet;
import io.gatehouse.kernel.interception.Interceptors;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.interception.Question;
import io.gatehouse.spi.operations.Explanation;
import io.gatehouse.spi.operations.Explanation.ExplainedInterceptor;
import io.gatehouse.spi.operations.Explanation.ExplainedUser;
import io.gatehouse.spi.operations.ExplanationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Says why a client gets what it gets, with the resolver and the interceptors that decide for connections, so that it cannot say anything
 * else. Thread-safe; never blocks.
 */
final class Explainer {

    private static final String TLS = "TLS";

    private final Supplier<List<ConfiguredListener>> listeners;
    private final UserResolver resolver;
    private final Groups groups;
    private final Supplier<Optional<UserMappingStore>> mappings;
    private final BiFunction<String, String, Set<String>> principals;
    private final Interceptors interceptors;

    /** @param principals those that are mapped to a username, for an authentication entry; as far as that can be known */
    Explainer(
            Supplier<List<ConfiguredListener>> listeners,
            UserResolver resolver,
            Groups groups,
            Supplier<Optional<UserMappingStore>> mappings,
            BiFunction<String, String, Set<String>> principals,
            Interceptors interceptors) {
        this.listeners = listeners;
        this.resolver = resolver;
        this.groups = groups;
        this.mappings = mappings;
        this.principals = principals;
        this.interceptors = interceptors;
    }

    /** Who comes, and where. */
    private record Subject(
            ConfiguredListener listener,
            Route route,
            Entry entry,
            Authentication authentication,
            Optional<Question> question) {}

    /** @param connection the one that is asked about, if it is one */
    CompletableFuture<Explanation> explain(ExplanationRequest request, Optional<OpenConnection> connection) {
        Optional<Question> question = Questions.of(
                request, connection.map(each -> each.remoteAddress().getAddress()));
        ConfiguredListener listener =
                listener(connection.map(OpenConnection::listener).or(request::listener));
        Route route = route(listener, request, connection);
        if (connection.isPresent()) {
            User user = connection
                    .get()
                    .user()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "connection: " + connection.get().id() + " (expected: one that has authenticated)"));
            Entry entry =
                    entry(listener, route, Optional.of(user.authentication().name()));
            return explain(new Subject(listener, route, entry, user.authentication(), question));
        }
        Entry entry = entry(listener, route, request.authentication());
        Authentication claimed = authentication(entry, request);
        return known(entry, claimed, request)
                .thenCompose(now -> now.map(authentication ->
                                explain(new Subject(listener, route, entry, authentication, question)))
                        .orElseGet(() -> CompletableFuture.completedFuture(new Explanation(
                                listener.name(),
                                entry.name(),
                                Optional.empty(),
                                Optional.of("authentication " + entry.name() + " knows no \"" + claimed.identifier()
                                        + "\" that may connect"),
                                Optional.empty(),
                                Optional.empty(),
                                List.of()))))
                .thenApply(explanation -> requireUsername(explanation, request));
    }

    /** Not everything that gives a username can be looked up backwards. */
    private static Explanation requireUsername(Explanation explanation, ExplanationRequest request) {
        Optional<String> found = explanation.user().map(ExplainedUser::username);
        if (found.isPresent() && request.username().isPresent() && !found.equals(request.username())) {
            throw new IllegalArgumentException(
                    "username: \"" + request.username().get()
                            + "\" (expected: one that a mapping with a principal names; the principal of that name has the username \""
                            + found.get() + "\")");
        }
        return explanation;
    }

    private ConfiguredListener listener(Optional<String> name) {
        List<ConfiguredListener> all = listeners.get();
        return all.stream()
                .filter(each -> name.isEmpty() || each.name().equals(name.get()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("listener: \"" + name.orElse("")
                        + "\" (expected: one of "
                        + all.stream().map(ConfiguredListener::name).toList() + ")"));
    }

    /** An open connection has one; else it is that of the listener, or of the virtual cluster whose host name would be asked for. */
    private static Route route(
            ConfiguredListener listener, ExplanationRequest request, Optional<OpenConnection> connection) {
        if (connection.isPresent()) {
            return connection.get().route();
        }
        return listener.bootstrapRoute(request.virtualCluster())
                .orElseThrow(() -> listener.routesByServerName()
                        ? new IllegalArgumentException("virtualCluster: "
                                + request.virtualCluster()
                                        .map(name -> "\"" + name + "\"")
                                        .orElse("missing")
                                + " (expected: one with a label, as listener " + listener.name() + " routes by SNI)")
                        : new IllegalArgumentException(
                                "listener: " + listener.name() + " (expected: one whose virtual cluster exists)"));
    }

    private static Entry entry(ConfiguredListener listener, Route route, Optional<String> name) {
        List<Entry> entries = listener.methods(route).entries();
        return entries.stream()
                .filter(each -> name.isEmpty() || each.name().equals(name.get()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("authentication: \"" + name.orElse("")
                        + "\" (expected: one of "
                        + entries.stream().map(Entry::name).toList() + ")"));
    }

    private Authentication authentication(Entry entry, ExplanationRequest request) {
        if (entry.anonymous()) {
            return Authentication.of(UserResolver.ANONYMOUS_METHOD, User.ANONYMOUS)
                    .name(entry.name())
                    .build();
        }
        String principal = request.principal()
                .or(() -> request.username().map(username -> principalOf(username, entry)))
                .filter(name -> !name.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException(
                        "principal: missing (expected: a principal, a username, or a connection)"));
        String method = entry.authenticator() instanceof SaslAuthenticator sasl
                ? new TreeSet<>(sasl.mechanisms()).first()
                : TLS;
        return Authentication.of(method, principal)
                .name(entry.name())
                .groups(request.groups())
                .virtualCluster(request.virtualCluster().orElse(null))
                .build();
    }

    /** Whoever has the username, as the authentication would identify it. */
    private String principalOf(String username, Entry entry) {
        Set<String> mapped = principals.apply(username, entry.name());
        if (mapped.size() > 1) {
            throw new IllegalArgumentException("username: \"" + username + "\" is that of several principals (expected:"
                    + " principal, and one of " + new TreeSet<>(mapped) + ")");
        }
        String principal = mapped.stream().findFirst().orElse(username);
        String prefix = entry.facts().principalPrefix();
        return principal.startsWith(prefix) ? principal.substring(prefix.length()) : principal;
    }

    /** What the authenticator knows of somebody by name alone, such as an account's virtual cluster; empty when it would refuse. */
    private static CompletableFuture<Optional<Authentication>> known(
            Entry entry, Authentication claimed, ExplanationRequest request) {
        if (entry.authenticator() == null || !entry.lease().acquire()) {
            return CompletableFuture.completedFuture(Optional.of(claimed));
        }
        try {
            return entry.authenticator()
                    .refresh(claimed)
                    .toCompletableFuture()
                    .thenApply(now -> now.map(each -> merged(entry, each, request)))
                    .whenComplete((now, failure) -> entry.lease().release());
        } catch (RuntimeException | LinkageError e) {
            entry.lease().release();
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Authentication merged(Entry entry, Authentication now, ExplanationRequest request) {
        Authentication.Builder merged = now.toBuilder().name(entry.name());
        if (!request.groups().isEmpty()) {
            merged.groups(request.groups());
        }
        request.virtualCluster().ifPresent(merged::virtualCluster);
        return merged.build();
    }

    private CompletableFuture<Explanation> explain(Subject subject) {
        RouteFacts facts = new RouteFacts(
                subject.route().cluster().name(),
                subject.route().virtualCluster(),
                subject.route().passthrough(),
                subject.listener().mandatoryVirtualCluster(),
                subject.listener().allowsAnonymous(subject.route().cluster().name()));
        return resolver.resolve(facts, subject.entry().facts(), subject.authentication())
                .toCompletableFuture()
                .thenCompose(resolution -> {
                    if (resolution instanceof Resolution.Refused refused) {
                        return refused.principal()
                                .map(principal -> mapping(subject, principal)
                                        // That it cannot be asked may be the reason itself.
                                        .exceptionally(failure -> Optional.empty()))
                                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()))
                                .thenApply(mapping -> new Explanation(
                                        subject.listener().name(),
                                        subject.entry().name(),
                                        mapping.map(UserMapping::name),
                                        Optional.of(refused.reason()),
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of()));
                    }
                    User user = ((Resolution.Resolved) resolution).user();
                    return mapping(subject, user.principal()).thenApply(mapping -> admitted(subject, user, mapping));
                });
    }

    private CompletableFuture<Optional<UserMapping>> mapping(Subject subject, String principal) {
        return mappings.get()
                .map(store -> store.find(subject.entry().name(), principal).toCompletableFuture())
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    private Explanation admitted(Subject subject, User user, Optional<UserMapping> mapping) {
        InterceptorSet set = interceptors.current();
        List<ExplainedInterceptor> explained = new ArrayList<>();
        for (InterceptorSet.Explained each : set.explain(user)) {
            Optional<String> opinion = each.applies()
                    ? subject.question()
                            .flatMap(question -> set.opinion(each.definition().name(), user, question))
                    : Optional.empty();
            explained.add(new ExplainedInterceptor(
                    each.definition().name(),
                    each.definition().policy(),
                    each.definition().type(),
                    each.definition().priority(),
                    each.definition().scope().toString(),
                    each.applies(),
                    each.reason(),
                    Optional.ofNullable(each.problem()),
                    opinion));
        }
        return new Explanation(
                subject.listener().name(),
                subject.entry().name(),
                mapping.map(UserMapping::name),
                set.problem(user),
                Optional.of(new ExplainedUser(
                        user.username(),
                        user.principal(),
                        user.virtualCluster(),
                        subject.route().cluster().name(),
                        new TreeSet<>(user.groups()),
                        reasons(subject, user, mapping))),
                subject.question().flatMap(question -> ofGateway(subject, user, question.api())),
                explained);
    }

    /** What connections get before and after all interceptors, outside of {@code passthrough}. */
    private static Optional<String> ofGateway(Subject subject, User user, ApiKeys api) {
        String virtualCluster = user.virtualCluster();
        if (virtualCluster.equals(User.PASSTHROUGH)) {
            return Optional.empty();
        }
        if (ClusterOperations.isHidden(api) && !subject.listener().allowsClusterOperations(virtualCluster)) {
            return Optional.of("DENIED: " + api.name + " acts on the whole cluster, and virtual cluster "
                    + virtualCluster + " has clusterOperations: refuse (CLUSTER_AUTHORIZATION_FAILED)");
        }
        return AclCommands.isOne(api) && !subject.entry().relays()
                ? Optional.of("DENIED: unless an interceptor such as acl answers " + api.name + " (SECURITY_DISABLED)")
                : Optional.empty();
    }

    private List<String> reasons(Subject subject, User user, Optional<UserMapping> mapping) {
        List<String> reasons = new ArrayList<>();
        Authentication authentication = subject.authentication();
        String of =
                mapping.map(UserMapping::name).map(name -> "mapping " + name).orElse("no mapping");
        reasons.add("principal: " + authentication.method() + " by authentication "
                + subject.entry().name());
        reasons.add("username: "
                + (mapping.flatMap(UserMapping::username).isPresent()
                        ? of
                        : "the principal, as " + of + (mapping.isPresent() ? " names none" : " names one")));
        if (subject.route().virtualCluster().isPresent()) {
            reasons.add("virtualCluster: the route of listener "
                    + subject.listener().name());
        } else if (mapping.flatMap(UserMapping::virtualCluster).isPresent()) {
            reasons.add("virtualCluster: " + of);
        } else if (authentication.virtualCluster().isPresent()) {
            reasons.add("virtualCluster: authentication " + subject.entry().name());
        } else {
            reasons.add("virtualCluster: the route allows passthrough, and nothing names another");
        }
        mapping.filter(found -> !found.groups().isEmpty())
                .ifPresent(found -> reasons.add("groups: " + new TreeSet<>(found.groups()) + " of " + of));
        Set<String> elsewhere = new TreeSet<>(mapping.map(UserMapping::groups).orElse(Set.of()));
        authentication
                .groups()
                .forEach(group -> elsewhere.add(subject.entry().facts().groupPrefix() + group));
        Set<String> declared = groups.of(user.username(), user.principal(), elsewhere);
        if (!declared.isEmpty()) {
            reasons.add(
                    "groups: " + new TreeSet<>(declared) + " list the user, or one of its other groups, as a member");
        }
        if (!authentication.groups().isEmpty()) {
            String prefix = subject.entry().facts().groupPrefix();
            List<String> claimed = authentication.groups().stream()
                    .map(group -> prefix + group)
                    .sorted()
                    .toList();
            reasons.add("groups: " + claimed + " of authentication "
                    + subject.entry().name());
        }
        return reasons;
    }
}
