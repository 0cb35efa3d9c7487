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
import io.gatehouse.kernel.interception.InterceptorSet;
import io.gatehouse.kernel.interception.Interceptors;
import io.gatehouse.kernel.routing.Route;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.operations.Explanation;
import io.gatehouse.spi.operations.Explanation.ExplainedInterceptor;
import io.gatehouse.spi.operations.Explanation.ExplainedUser;
import io.gatehouse.spi.operations.ExplanationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
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
    private final Interceptors interceptors;

    Explainer(
            Supplier<List<ConfiguredListener>> listeners,
            UserResolver resolver,
            Groups groups,
            Supplier<Optional<UserMappingStore>> mappings,
            Interceptors interceptors) {
        this.listeners = listeners;
        this.resolver = resolver;
        this.groups = groups;
        this.mappings = mappings;
        this.interceptors = interceptors;
    }

    /** Who comes, and where. */
    private record Subject(ConfiguredListener listener, Route route, Entry entry, Authentication authentication) {}

    /** @param connection the one that is asked about, if it is one */
    CompletableFuture<Explanation> explain(ExplanationRequest request, Optional<OpenConnection> connection) {
        ConfiguredListener listener =
                listener(connection.map(OpenConnection::listener).or(request::listener));
        Route route = listener.route(listener.ports().all()[0])
                .orElseThrow(() -> new IllegalArgumentException(
                        "listener: " + listener.name() + " (expected: one whose virtual cluster exists)"));
        if (connection.isPresent()) {
            User user = connection
                    .get()
                    .user()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "connection: " + connection.get().id() + " (expected: one that has authenticated)"));
            Entry entry = entry(listener, Optional.of(user.authentication().name()));
            return explain(new Subject(listener, route, entry, user.authentication()), request);
        }
        Entry entry = entry(listener, request.authentication());
        Authentication claimed = authentication(entry, request);
        return known(entry, claimed, request)
                .thenCompose(now -> now.map(
                                authentication -> explain(new Subject(listener, route, entry, authentication), request))
                        .orElseGet(() -> CompletableFuture.completedFuture(new Explanation(
                                listener.name(),
                                entry.name(),
                                Optional.empty(),
                                Optional.of("authentication " + entry.name() + " knows no \"" + claimed.identifier()
                                        + "\" that may connect"),
                                Optional.empty(),
                                List.of()))));
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

    private static Entry entry(ConfiguredListener listener, Optional<String> name) {
        List<Entry> entries = listener.methods().entries();
        return entries.stream()
                .filter(each -> name.isEmpty() || each.name().equals(name.get()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("authentication: \"" + name.orElse("")
                        + "\" (expected: one of "
                        + entries.stream().map(Entry::name).toList() + ")"));
    }

    private static Authentication authentication(Entry entry, ExplanationRequest request) {
        if (entry.anonymous()) {
            return Authentication.of(UserResolver.ANONYMOUS_METHOD, User.ANONYMOUS)
                    .name(entry.name())
                    .build();
        }
        String principal = request.principal()
                .filter(name -> !name.isEmpty())
                .orElseThrow(() ->
                        new IllegalArgumentException("principal: missing (expected: a principal, or a connection)"));
        String method = entry.authenticator() instanceof SaslAuthenticator sasl
                ? new TreeSet<>(sasl.mechanisms()).first()
                : TLS;
        return Authentication.of(method, principal)
                .name(entry.name())
                .groups(request.groups())
                .virtualCluster(request.virtualCluster().orElse(null))
                .build();
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

    private CompletableFuture<Explanation> explain(Subject subject, ExplanationRequest request) {
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
                        return CompletableFuture.completedFuture(new Explanation(
                                subject.listener().name(),
                                subject.entry().name(),
                                Optional.empty(),
                                Optional.of(refused.reason()),
                                Optional.empty(),
                                List.of()));
                    }
                    User user = ((Resolution.Resolved) resolution).user();
                    return mapping(subject, user).thenApply(mapping -> admitted(subject, user, mapping, request));
                });
    }

    private CompletableFuture<Optional<UserMapping>> mapping(Subject subject, User user) {
        return mappings.get()
                .map(store ->
                        store.find(subject.entry().name(), user.principal()).toCompletableFuture())
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    private Explanation admitted(
            Subject subject, User user, Optional<UserMapping> mapping, ExplanationRequest request) {
        InterceptorSet set = interceptors.current();
        Optional<ApiKeys> api = request.api().map(Explainer::api);
        List<ExplainedInterceptor> explained = new ArrayList<>();
        for (InterceptorSet.Explained each : set.explain(user)) {
            Optional<String> opinion = each.applies()
                    ? api.flatMap(key -> set.opinion(each.definition().name(), user, key, request.resource()))
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
                explained);
    }

    private List<String> reasons(Subject subject, User user, Optional<UserMapping> mapping) {
        List<String> reasons = new ArrayList<>();
        Authentication authentication = subject.authentication();
        String of =
                mapping.map(UserMapping::name).map(name -> "mapping " + name).orElse("no mapping");
        reasons.add("principal: " + authentication.method() + " by authentication "
                + subject.entry().name());
        reasons.add("username: "
                + (mapping.flatMap(UserMapping::username).isPresent() ? of : "the principal, as " + of + " names one"));
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
            reasons.add("groups: " + new TreeSet<>(authentication.groups()) + " of authentication "
                    + subject.entry().name());
        }
        return reasons;
    }

    private static ApiKeys api(String name) {
        String wanted = name.replace("_", "").toLowerCase(Locale.ROOT);
        for (ApiKeys api : ApiKeys.values()) {
            if (api.name.replace("_", "").toLowerCase(Locale.ROOT).equals(wanted)) {
                return api;
            }
        }
        throw new IllegalArgumentException("api: \"" + name + "\" (expected: a Kafka API such as Produce)");
    }
}
