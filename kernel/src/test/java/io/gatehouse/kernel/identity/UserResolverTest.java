/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class UserResolverTest {

    private static final Map<String, VirtualCluster> VIRTUAL_CLUSTERS = Map.of(
            "team-a", new VirtualCluster("local", Optional.empty()),
            "team-b", new VirtualCluster("local", Optional.empty()),
            "strict", new VirtualCluster("local", Optional.of(Set.of("mtls"))),
            "open", new VirtualCluster("local", Optional.of(Set.of("plain"))),
            "elsewhere", new VirtualCluster("remote", Optional.empty()));

    private final Map<String, UserMapping> mappings = new HashMap<>();
    private Optional<PrincipalExtractor> extractor = Optional.of(UserResolver.identifierAsPrincipal());
    private Optional<UserMappingStore> store = Optional.of((authentication, principal) ->
            CompletableFuture.completedFuture(Optional.ofNullable(mappings.get(authentication + "/" + principal))));
    private Groups groups = (username, principal, elsewhere) -> Set.of();

    private static RouteFacts route(String virtualCluster, boolean passthrough, boolean mandatory) {
        return new RouteFacts("local", Optional.ofNullable(virtualCluster), passthrough, mandatory, false);
    }

    private static Authentication plain(String name) {
        return Authentication.of("PLAIN", name).name("plain").build();
    }

    private static Authentication claiming(String name, String virtualCluster) {
        return Authentication.of("PLAIN", name)
                .name("plain")
                .virtualCluster(virtualCluster)
                .build();
    }

    private Resolution resolve(RouteFacts route, EntryFacts entry, Authentication authentication) {
        return resolve(route, entry, authentication, UserResolver.DEADLINE);
    }

    private Resolution resolve(RouteFacts route, EntryFacts entry, Authentication authentication, Duration deadline) {
        UserResolver resolver = new UserResolver(
                name -> Optional.ofNullable(VIRTUAL_CLUSTERS.get(name)),
                groups,
                () -> extractor,
                () -> store,
                deadline);
        return resolver.resolve(route, entry, authentication)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static User user(Resolution resolution) {
        assertThat(resolution).isInstanceOf(Resolved.class);
        return ((Resolved) resolution).user();
    }

    private static Refused refused(Resolution resolution) {
        assertThat(resolution).isInstanceOf(Refused.class);
        return (Refused) resolution;
    }

    /**
     * Every combination of what the route, the mapping and the authentication name, whether the route has a fallback, and whether one is
     * mandatory; the expectation is computed by the design's rows, written another way than the resolver's.
     */
    static Stream<Arguments> everyCombination() {
        Stream.Builder<Arguments> combinations = Stream.builder();
        for (String routed : new String[] {null, "team-a"}) {
            for (String mapped :
                    new String[] {null, "team-a", "team-b", "passthrough", "elsewhere", "absent", "strict"}) {
                for (String claimed : new String[] {null, "team-a", "team-b", "passthrough", "elsewhere", "absent"}) {
                    for (boolean passthrough : new boolean[] {true, false}) {
                        for (boolean mandatory : new boolean[] {true, false}) {
                            combinations.add(Arguments.of(routed, mapped, claimed, passthrough, mandatory));
                        }
                    }
                }
            }
        }
        return combinations.build();
    }

    private static Optional<String> expected(
            String routed, String mapped, String claimed, boolean passthrough, boolean mandatory) {
        if (routed != null) {
            boolean agrees = (mapped == null || mapped.equals(routed)) && (claimed == null || claimed.equals(routed));
            return agrees ? Optional.of(routed) : Optional.empty();
        }
        if (mapped == null && "passthrough".equals(claimed)) {
            return Optional.empty();
        }
        String named = mapped != null ? mapped : claimed;
        if (named == null) {
            return passthrough && !mandatory ? Optional.of("passthrough") : Optional.empty();
        }
        return Set.of("team-a", "team-b", "passthrough").contains(named) ? Optional.of(named) : Optional.empty();
    }

    @ParameterizedTest
    @MethodSource("everyCombination")
    void theVirtualClusterIsTheDesigns(
            String routed, String mapped, String claimed, boolean passthrough, boolean mandatory) {
        mappings.put("plain/alice", UserMapping.of("m", null, mapped, Set.of()));

        Resolution resolution =
                resolve(route(routed, passthrough, mandatory), EntryFacts.PLAIN, claiming("alice", claimed));

        Optional<String> expected = expected(routed, mapped, claimed, passthrough, mandatory);
        if (expected.isEmpty()) {
            assertThat(refused(resolution).mayPass()).isFalse();
            assertThat(refused(resolution).message()).doesNotContain("team-", "elsewhere", "strict", "alice");
            return;
        }
        assertThat(user(resolution).virtualCluster()).isEqualTo(expected.get());
        assertThat(user(resolution).cluster()).isEqualTo("local");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            team-a | team-b |        | true  | false | the user mapping of principal "alice" names virtual cluster "team-b" (expected: "team-a", which the route names)
            team-a |        | team-b | true  | false | the authentication of principal "alice" names virtual cluster "team-b" (expected: "team-a", which the route names)
                   |        |        | true  | true  | nothing names a virtual cluster for principal "alice", and one is mandatory
                   |        |        | false | false | nothing names a virtual cluster for principal "alice", and the route has passthrough: false
                   | absent |        | true  | false | virtual cluster "absent" does not exist
            absent |        |        | true  | false | virtual cluster "absent" does not exist
                   | elsewhere |     | true  | false | virtual cluster "elsewhere" is backed by cluster remote (expected: local, where the route leads)
                   |        | passthrough | true | false | the authentication of principal "alice" names passthrough, which only a user mapping or a route may choose
                   | strict |        | true  | false | virtual cluster "strict" does not list authentication "plain"
            """)
    void aRefusalSaysWhyInTheLog(
            String routed, String mapped, String claimed, boolean passthrough, boolean mandatory, String reason) {
        mappings.put("plain/alice", UserMapping.of("m", null, mapped, Set.of()));

        Resolution resolution =
                resolve(route(routed, passthrough, mandatory), EntryFacts.PLAIN, claiming("alice", claimed));

        assertThat(refused(resolution).reason()).isEqualTo(reason);
    }

    @Test
    void withoutAMappingTheUsernameIsThePrincipal() {
        User user = user(resolve(route(null, true, false), EntryFacts.PLAIN, plain("alice")));

        assertThat(user)
                .isEqualTo(User.named("alice")
                        .cluster("local")
                        .authentication(plain("alice"))
                        .build());
    }

    @Test
    void aMappingNamesUserVirtualClusterAndGroups() {
        mappings.put("plain/alice", UserMapping.of("m", "payments", "open", Set.of("writers")));

        User user = user(resolve(route(null, false, true), EntryFacts.PLAIN, plain("alice")));

        assertThat(user.username()).isEqualTo("payments");
        assertThat(user.principal()).isEqualTo("alice");
        assertThat(user.virtualCluster()).isEqualTo("open");
        assertThat(user.groups()).containsExactly("writers");
    }

    @Test
    void groupsOfMappingAuthenticationAndResourcesAreUnited() {
        mappings.put("plain/corp:alice", UserMapping.of("m", "ann", null, Set.of("mapped")));
        groups = (username, principal, elsewhere) ->
                Set.of("of " + username + " " + principal + " " + new TreeSet<>(elsewhere));
        Authentication authentication =
                plain("alice").toBuilder().groups(Set.of("claimed")).build();

        User user = user(resolve(route(null, true, false), new EntryFacts("corp:", "corp-", Set.of()), authentication));

        assertThat(user.groups())
                .containsExactlyInAnyOrder("mapped", "corp-claimed", "of ann corp:alice [corp-claimed, mapped]");
    }

    @Test
    void theExtractorsPrincipalGetsThePrefix() {
        extractor = Optional.of(authentication ->
                CompletableFuture.completedFuture(authentication.identifier().toUpperCase()));

        User user = user(resolve(route(null, true, false), new EntryFacts("corp:", "", Set.of()), plain("alice")));

        assertThat(user.principal()).isEqualTo("corp:ALICE");
        assertThat(user.username()).isEqualTo("corp:ALICE");
    }

    @Test
    void aPrincipalOfAnotherEntrysPrefixIsRefused() {
        Resolution resolution =
                resolve(route(null, true, false), new EntryFacts("", "", Set.of("corp:")), plain("corp:admin"));

        assertThat(refused(resolution).mayPass()).isFalse();
        assertThat(refused(resolution).reason()).contains("begins with the principalPrefix \"corp:\" of another entry");
    }

    @Test
    void aDenyingMappingRefuses() {
        mappings.put("plain/alice", UserMapping.denying("no-alice"));

        Refused refused = refused(resolve(route("team-a", true, false), EntryFacts.PLAIN, plain("alice")));

        assertThat(refused.mayPass()).isFalse();
        assertThat(refused.reason()).isEqualTo("user mapping \"no-alice\" denies principal \"alice\"");
    }

    @Test
    void theReservedPrincipalComesOnlyFromNoAuthentication() {
        Refused refused = refused(resolve(route(null, true, false), EntryFacts.PLAIN, plain("ANONYMOUS")));

        assertThat(refused.mayPass()).isFalse();
        assertThat(refused.reason()).isEqualTo("authentication \"plain\" yielded the reserved principal ANONYMOUS");
    }

    @Test
    void theReservedUsernameCannotBeMapped() {
        mappings.put("plain/alice", UserMapping.of("m", "ANONYMOUS", null, Set.of()));

        assertThat(refused(resolve(route(null, true, false), EntryFacts.PLAIN, plain("alice")))
                        .mayPass())
                .isFalse();
    }

    @Test
    void anonymousIsAdmittedWhereTheClusterAllowsItAndCanBeMapped() {
        Authentication anonymous =
                Authentication.of("anonymous", "whoever").name("anonymous").build();
        mappings.put("anonymous/ANONYMOUS", UserMapping.of("m", null, "team-a", Set.of("guests")));
        extractor = Optional.empty();
        RouteFacts allowed = new RouteFacts("local", Optional.empty(), true, false, true);

        User user = user(resolve(allowed, new EntryFacts("x:", "", Set.of()), anonymous));
        Refused refused = refused(resolve(route(null, true, false), EntryFacts.PLAIN, anonymous));

        assertThat(user.principal()).isEqualTo(User.ANONYMOUS);
        assertThat(user.virtualCluster()).isEqualTo("team-a");
        assertThat(user.groups()).containsExactly("guests");
        assertThat(refused.reason()).isEqualTo("cluster local does not allow anonymous connections");
        assertThat(refused.mayPass()).isFalse();
    }

    static Stream<Arguments> brokenExtractors() {
        PrincipalExtractor throwing = authentication -> {
            throw new IllegalStateException("broken");
        };
        PrincipalExtractor failing =
                authentication -> CompletableFuture.failedFuture(new IllegalStateException("broken"));
        PrincipalExtractor nothing = authentication -> null;
        PrincipalExtractor nullPrincipal = authentication -> CompletableFuture.completedFuture(null);
        PrincipalExtractor empty = authentication -> CompletableFuture.completedFuture("");
        PrincipalExtractor late = authentication -> new CompletableFuture<>();
        return Stream.of(
                Arguments.of("throws", Optional.of(throwing), "the principal extractor threw"),
                Arguments.of("fails", Optional.of(failing), "the principal extractor failed"),
                Arguments.of("no stage", Optional.of(nothing), "the principal extractor threw"),
                Arguments.of("null", Optional.of(nullPrincipal), "the principal extractor answered null"),
                Arguments.of("empty", Optional.of(empty), "the principal extractor yielded an empty principal"),
                Arguments.of("late", Optional.of(late), "the principal extractor did not answer within 20 ms"),
                Arguments.of("missing", Optional.empty(), "the principal extractor is offered by no loaded plugin"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenExtractors")
    void anExtractorThatCannotSayRefusesAsSomethingThatMayPass(
            String name, Optional<PrincipalExtractor> broken, String reason) {
        extractor = broken;

        Refused refused =
                refused(resolve(route(null, true, false), EntryFacts.PLAIN, plain("alice"), Duration.ofMillis(20)));

        assertThat(refused.mayPass()).isTrue();
        assertThat(refused.reason()).startsWith(reason);
    }

    @Test
    void anExtractorOrStoreThatIsCertainRefusesForGood() {
        extractor = Optional.of(
                authentication -> CompletableFuture.failedFuture(new NotAdmittedException("nobody knows alice")));
        Refused byExtractor = refused(resolve(route(null, true, false), EntryFacts.PLAIN, plain("alice")));
        extractor = Optional.of(UserResolver.identifierAsPrincipal());
        store = Optional.of((authentication, principal) -> {
            throw new NotAdmittedException("alice has left");
        });
        Refused byStore = refused(resolve(route(null, true, false), EntryFacts.PLAIN, plain("alice")));

        assertThat(byExtractor.mayPass()).isFalse();
        assertThat(byExtractor.reason()).isEqualTo("the principal extractor refuses: nobody knows alice");
        assertThat(byExtractor.message()).doesNotContain("alice");
        assertThat(byStore.mayPass()).isFalse();
        assertThat(byStore.reason()).isEqualTo("the user mapping store refuses: alice has left");
        assertThat(byStore.principal()).contains("alice");
    }

    @Test
    void aPrincipalThatIsTooLongIsRefused() {
        String longest = "a".repeat(UserResolver.LONGEST_PRINCIPAL);

        assertThat(user(resolve(route(null, true, false), EntryFacts.PLAIN, plain(longest)))
                        .principal())
                .isEqualTo(longest);
        Refused refused = refused(resolve(route(null, true, false), EntryFacts.PLAIN, plain(longest + "a")));
        assertThat(refused.mayPass()).isFalse();
        assertThat(refused.reason())
                .isEqualTo("authentication \"plain\" yielded a principal of 8193 characters (expected: 8192 or fewer)");
    }

    static Stream<Arguments> brokenStores() {
        UserMappingStore throwing = (authentication, principal) -> {
            throw new IllegalStateException("broken");
        };
        UserMappingStore failing =
                (authentication, principal) -> CompletableFuture.failedFuture(new IllegalStateException("broken"));
        UserMappingStore nothing = (authentication, principal) -> CompletableFuture.completedFuture(null);
        UserMappingStore late = (authentication, principal) -> new CompletableFuture<>();
        UserMappingStore emptyUsername = (authentication, principal) ->
                CompletableFuture.completedFuture(Optional.of(UserMapping.of("m", "", null, Set.of())));
        return Stream.of(
                Arguments.of("throws", Optional.of(throwing), "the user mapping store threw"),
                Arguments.of("fails", Optional.of(failing), "the user mapping store failed"),
                Arguments.of("null", Optional.of(nothing), "the user mapping store answered null"),
                Arguments.of("late", Optional.of(late), "the user mapping store did not answer within 20 ms"),
                Arguments.of("empty username", Optional.of(emptyUsername), "resolving the user failed"),
                Arguments.of("missing", Optional.empty(), "the user mapping store is offered by no loaded plugin"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenStores")
    void aStoreThatCannotSayNeverFallsBackToPassthrough(String name, Optional<UserMappingStore> broken, String reason) {
        store = broken;

        Refused refused =
                refused(resolve(route(null, true, false), EntryFacts.PLAIN, plain("alice"), Duration.ofMillis(20)));

        assertThat(refused.mayPass()).isTrue();
        assertThat(refused.reason()).startsWith(reason);
    }

    @Test
    void anAnswerOnAnotherThreadCompletesTheResolution() {
        store = Optional.of((authentication, principal) ->
                CompletableFuture.supplyAsync(() -> Optional.of(UserMapping.of("m", null, "team-a", Set.of()))));

        assertThat(user(resolve(route(null, true, false), EntryFacts.PLAIN, plain("alice")))
                        .virtualCluster())
                .isEqualTo("team-a");
    }
}
