/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import io.gatehouse.kernel.identity.Resolution.Refused;
import io.gatehouse.kernel.identity.Resolution.Resolved;
import io.gatehouse.kernel.identity.VirtualClusters.VirtualCluster;
import io.gatehouse.spi.User;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.identity.NotAdmittedException;
import io.gatehouse.spi.identity.PrincipalExtractor;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the user of a connection, at its authentication and again whenever something that decides it has changed:
 *
 * <table>
 * <caption>Resolution</caption>
 * <tr><td>principal</td><td>the entry's prefix, then what the extractor yields; {@code ANONYMOUS} without authentication, and never
 *     otherwise</td></tr>
 * <tr><td>username</td><td>the mapping's, else the principal</td></tr>
 * <tr><td>groups</td><td>the mapping's, the authentication's with the entry's prefix, and the {@code Group} resources' that list the
 *     username, the principal or one of the groups before</td></tr>
 * <tr><td>virtual cluster</td><td>the route's, where a mapping or claim that names another is a refusal; else the mapping's; else the
 *     authentication's, never {@code passthrough}; else {@code passthrough} where the route allows it and nothing is mandatory; else a
 *     refusal</td></tr>
 * </table>
 *
 * Thread-safe and non-blocking; the stage completes on the caller's thread, a plugin's or a timer's. It never fails: what is not proven is
 * {@link Refused}. Tested by {@code UserResolverTest}.
 */
public final class UserResolver {

    /** How long an extractor or a mapping store may take. */
    public static final Duration DEADLINE = Duration.ofSeconds(5);

    /** How many characters a principal may have: what is done with one on an event loop takes time by its length. */
    public static final int LONGEST_PRINCIPAL = 8_192;

    /** The method of connections without authentication. */
    public static final String ANONYMOUS_METHOD = "anonymous";

    private static final String UNAVAILABLE = "The gateway cannot tell at the moment who you are. Try again.";
    private static final String NOT_ADMITTED =
            "You are authenticated but not admitted here. Ask the operator of this gateway for a user mapping.";

    private final VirtualClusters virtualClusters;
    private final Groups groups;
    private final Supplier<Optional<PrincipalExtractor>> extractor;
    private final Supplier<Optional<UserMappingStore>> mappings;
    private final Duration deadline;

    /**
     * Creates a resolver.
     *
     * @param extractor asked at each resolution; empty while its plugin is missing, which refuses
     * @param mappings asked at each resolution; empty while its plugin is missing, which refuses
     * @param deadline for the extractor and the store, each
     */
    public UserResolver(
            VirtualClusters virtualClusters,
            Groups groups,
            Supplier<Optional<PrincipalExtractor>> extractor,
            Supplier<Optional<UserMappingStore>> mappings,
            Duration deadline) {
        this.virtualClusters = virtualClusters;
        this.groups = groups;
        this.extractor = extractor;
        this.mappings = mappings;
        this.deadline = deadline;
    }

    /** The extractor where none is configured: the principal is the authentication's identifier. */
    public static PrincipalExtractor identifierAsPrincipal() {
        return authentication -> CompletableFuture.completedFuture(authentication.identifier());
    }

    /**
     * Resolves a user.
     *
     * @param entry what the entry says under which the client authenticated; its name is {@link Authentication#name()}
     */
    public CompletionStage<Resolution> resolve(RouteFacts route, EntryFacts entry, Authentication authentication) {
        return principal(route, entry, authentication)
                .thenCompose(principal -> mapping(authentication, principal)
                        .thenApply(mapping -> decide(route, entry, authentication, principal, mapping))
                        .exceptionally(failure -> refusal(failure, Optional.of(principal))))
                .exceptionally(failure -> refusal(failure, Optional.empty()));
    }

    private static Resolution refusal(Throwable failure, Optional<String> principal) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof Refusal refusal
                ? new Refused(refusal.message, refusal.getMessage(), refusal.mayPass, principal)
                : new Refused(UNAVAILABLE, "resolving the user failed: " + cause, true, principal);
    }

    private CompletableFuture<String> principal(RouteFacts route, EntryFacts entry, Authentication authentication) {
        if (authentication.method().equals(ANONYMOUS_METHOD)) {
            return route.anonymousAllowed()
                    ? CompletableFuture.completedFuture(User.ANONYMOUS)
                    : CompletableFuture.failedFuture(new Refusal(
                            NOT_ADMITTED,
                            "cluster " + route.cluster() + " does not allow anonymous connections",
                            false));
        }
        return ask("principal extractor", extractor, used -> used.extract(authentication))
                .thenApply(extracted -> checkedPrincipal(entry, authentication, extracted));
    }

    private static String checkedPrincipal(EntryFacts entry, Authentication authentication, String extracted) {
        if (extracted.isEmpty()) {
            throw new Refusal(UNAVAILABLE, "the principal extractor yielded an empty principal", true);
        }
        String principal = entry.principalPrefix() + extracted;
        if (principal.length() > LONGEST_PRINCIPAL) {
            throw new Refusal(
                    NOT_ADMITTED,
                    "authentication \"" + authentication.name() + "\" yielded a principal of " + principal.length()
                            + " characters (expected: " + LONGEST_PRINCIPAL + " or fewer)",
                    false);
        }
        if (principal.equals(User.ANONYMOUS)) {
            throw new Refusal(
                    NOT_ADMITTED,
                    "authentication \"" + authentication.name() + "\" yielded the reserved principal ANONYMOUS",
                    false);
        }
        for (String prefix : entry.foreignPrefixes()) {
            if (principal.startsWith(prefix)) {
                throw new Refusal(
                        NOT_ADMITTED,
                        "authentication \"" + authentication.name() + "\" yielded principal \"" + principal
                                + "\", which begins with the principalPrefix \"" + prefix + "\" of another entry",
                        false);
            }
        }
        return principal;
    }

    private CompletableFuture<Optional<UserMapping>> mapping(Authentication authentication, String principal) {
        return ask("user mapping store", mappings, store -> store.find(authentication.name(), principal));
    }

    private Resolution decide(
            RouteFacts route,
            EntryFacts entry,
            Authentication authentication,
            String principal,
            Optional<UserMapping> mapping) {
        if (mapping.filter(UserMapping::deny).isPresent()) {
            throw new Refusal(
                    NOT_ADMITTED,
                    "user mapping \"" + mapping.get().name() + "\" denies principal \"" + principal + "\"",
                    false);
        }
        String virtualCluster = virtualCluster(route, authentication, principal, mapping);
        requireAdmitted(route, authentication, virtualCluster);
        String username = mapping.flatMap(UserMapping::username).orElse(principal);
        if (username.equals(User.ANONYMOUS) && !principal.equals(User.ANONYMOUS)) {
            throw new Refusal(
                    NOT_ADMITTED,
                    "principal \"" + principal + "\" is mapped to the reserved username ANONYMOUS",
                    false);
        }
        Set<String> elsewhere = new HashSet<>();
        mapping.ifPresent(found -> elsewhere.addAll(found.groups()));
        authentication.groups().forEach(group -> elsewhere.add(entry.groupPrefix() + group));
        Set<String> united = new HashSet<>(groups.of(username, principal, elsewhere));
        united.addAll(elsewhere);
        return new Resolved(User.named(username)
                .principal(principal)
                .virtualCluster(virtualCluster)
                .cluster(route.cluster())
                .groups(united)
                .authentication(authentication)
                .build());
    }

    private static String virtualCluster(
            RouteFacts route, Authentication authentication, String principal, Optional<UserMapping> mapping) {
        Optional<String> mapped = mapping.flatMap(UserMapping::virtualCluster);
        Optional<String> claimed = authentication.virtualCluster();
        if (route.virtualCluster().isPresent()) {
            String routed = route.virtualCluster().get();
            requireSame(routed, mapped, "the user mapping of principal \"" + principal + "\"");
            requireSame(routed, claimed, "the authentication of principal \"" + principal + "\"");
            return routed;
        }
        if (mapped.isPresent()) {
            return mapped.get();
        }
        if (claimed.isPresent()) {
            if (claimed.get().equals(User.PASSTHROUGH)) {
                throw new Refusal(
                        NOT_ADMITTED,
                        "the authentication of principal \"" + principal
                                + "\" names passthrough, which only a user mapping or a route may choose",
                        false);
            }
            return claimed.get();
        }
        if (route.mandatory()) {
            throw new Refusal(
                    NOT_ADMITTED,
                    "nothing names a virtual cluster for principal \"" + principal + "\", and one is mandatory",
                    false);
        }
        if (!route.passthrough()) {
            throw new Refusal(
                    NOT_ADMITTED,
                    "nothing names a virtual cluster for principal \"" + principal
                            + "\", and the route has passthrough: false",
                    false);
        }
        return User.PASSTHROUGH;
    }

    private static void requireSame(String routed, Optional<String> named, String by) {
        if (named.isPresent() && !named.get().equals(routed)) {
            throw new Refusal(
                    NOT_ADMITTED,
                    by + " names virtual cluster \"" + named.get() + "\" (expected: \"" + routed
                            + "\", which the route names)",
                    false);
        }
    }

    private void requireAdmitted(RouteFacts route, Authentication authentication, String name) {
        if (name.equals(User.PASSTHROUGH)) {
            return;
        }
        VirtualCluster virtualCluster = virtualClusters
                .find(name)
                .orElseThrow(() -> new Refusal(NOT_ADMITTED, "virtual cluster \"" + name + "\" does not exist", false));
        if (!virtualCluster.cluster().equals(route.cluster())) {
            throw new Refusal(
                    NOT_ADMITTED,
                    "virtual cluster \"" + name + "\" is backed by cluster " + virtualCluster.cluster() + " (expected: "
                            + route.cluster() + ", where the route leads)",
                    false);
        }
        boolean accepted = virtualCluster
                .authentication()
                .map(names -> names.contains(authentication.name()))
                .orElse(true);
        if (!accepted) {
            throw new Refusal(
                    NOT_ADMITTED,
                    "virtual cluster \"" + name + "\" does not list authentication \"" + authentication.name() + "\"",
                    false);
        }
    }

    /** Calls a plugin: missing, throwing, failing, late and null all refuse as something that may pass. */
    private <S, T> CompletableFuture<T> ask(String who, Supplier<Optional<S>> supplier, Call<S, T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            Optional<S> service = supplier.get();
            if (service.isEmpty()) {
                return CompletableFuture.failedFuture(unavailable(who, "is offered by no loaded plugin"));
            }
            call.on(service.get()).whenComplete((@Nullable T value, @Nullable Throwable failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(refusal(who, failure));
                } else if (value == null) {
                    answer.completeExceptionally(unavailable(who, "answered null (expected: a value)"));
                } else {
                    answer.complete(value);
                }
            });
        } catch (NotAdmittedException e) {
            return CompletableFuture.failedFuture(refusal(who, e));
        } catch (Exception | LinkageError e) {
            return CompletableFuture.failedFuture(unavailable(who, "threw " + e));
        }
        if (answer.isDone()) {
            return answer;
        }
        return answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException
                                ? unavailable(who, "did not answer within " + deadline.toMillis() + " ms")
                                : failure));
    }

    /** Certain that the client is nobody here, or not able to say. */
    private static Refusal refusal(String who, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof NotAdmittedException
                ? new Refusal(NOT_ADMITTED, "the " + who + " refuses: " + cause.getMessage(), false)
                : unavailable(who, "failed: " + failure);
    }

    private static Refusal unavailable(String who, String what) {
        return new Refusal(UNAVAILABLE, "the " + who + " " + what, true);
    }

    @FunctionalInterface
    private interface Call<S, T> {
        CompletionStage<T> on(S service);
    }

    /** Ends a resolution early; never leaves this class. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String message;
        private final boolean mayPass;

        Refusal(String message, String reason, boolean mayPass) {
            super(reason, null, false, false);
            this.message = message;
            this.mayPass = mayPass;
        }
    }
}
