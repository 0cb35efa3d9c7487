/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.interception.InterceptorSet.Entry;
import io.gatehouse.spi.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which interceptors apply: design section 6, row by row. */
class InterceptorSetTest {

    private static final User ALICE = User.named("alice")
            .virtualCluster("team-a")
            .groups(Set.of("writers", "readers"))
            .build();

    private final List<InterceptorDefinition> definitions = new ArrayList<>();

    /** Columns: virtual cluster, group, username, whether alice is in scope, rank. */
    @ParameterizedTest
    @CsvSource({
        "team-a ,         , alice, true , 6",
        "       ,         , alice, true , 5",
        "team-a , writers ,      , true , 4",
        "       , writers ,      , true , 3",
        "team-a ,         ,      , true , 2",
        "team-b ,         , alice, false, 6",
        "team-a ,         , bob  , false, 6",
        "       ,         , bob  , false, 5",
        "team-b , writers ,      , false, 4",
        "team-a , admins  ,      , false, 4",
        "       , admins  ,      , false, 3",
        "team-b ,         ,      , false, 2"
    })
    void scopesMatchAndRank(String virtualCluster, String group, String username, boolean matches, int rank) {
        Scope scope = new Scope(
                false, Optional.ofNullable(virtualCluster), Optional.ofNullable(group), Optional.ofNullable(username));

        assertThat(scope.matches(ALICE)).isEqualTo(matches);
        assertThat(scope.rank()).isEqualTo(rank);
    }

    @Test
    void allMatchesEverybodyWithTheLowestRankAndNothingMatchesNobody() {
        Scope nothing = new Scope(false, Optional.empty(), Optional.empty(), Optional.empty());

        assertThat(Scope.ALL.matches(ALICE)).isTrue();
        assertThat(Scope.ALL.rank()).isEqualTo(1);
        assertThat(nothing.matches(ALICE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "all, true, true",
        "vc, true, false",
        "vc-group, false, false",
        "group, false, false",
        "user, false, false"
    })
    void aRouteAloneDecidesOnlyWhatNeedsNoUser(String scope, boolean namingRoute, boolean otherRoute) {
        assertThat(scope(scope).matchesByRoute(true)).isEqualTo(namingRoute);
        assertThat(scope(scope).matchesByRoute(false)).isEqualTo(otherRoute);
    }

    @Test
    void withinAPolicyEachScopeBeatsAllBroaderOnes() {
        String[] broadToNarrow = {"all", "vc", "group", "vc-group", "user", "vc-user"};
        for (int narrowest = 0; narrowest < broadToNarrow.length; narrowest++) {
            definitions.clear();
            for (int i = narrowest; i >= 0; i--) {
                add(broadToNarrow[i], "acl", broadToNarrow[i], 1_000, true, false);
            }

            assertThat(chosen()).containsExactly(broadToNarrow[narrowest]);
        }
    }

    @Test
    void policiesDoNotCompete() {
        add("broad", "audit", "all", 1_000, true, false);
        add("narrow", "acl", "user", 1_000, true, false);

        assertThat(chosen()).containsExactly("broad", "narrow");
    }

    @Test
    void winnersOfEqualRankAllStay() {
        add("one", "acl", "group", 1_000, true, false);
        add("two", "acl", "group-readers", 1_000, true, false);
        add("broad", "acl", "all", 1_000, true, false);

        assertThat(chosen()).containsExactly("one", "two");
    }

    @Test
    void aDisabledWinnerIsDroppedAndNothingTakesItsPlace() {
        add("broad", "acl", "all", 1_000, true, false);
        add("narrow", "acl", "user", 1_000, false, false);

        assertThat(chosen()).isEmpty();
    }

    @Test
    void aDisabledWinnerNeverDropsAnotherWinner() {
        add("one", "acl", "group", 1_000, false, false);
        add("two", "acl", "group-readers", 1_000, true, false);

        assertThat(chosen()).containsExactly("two");
    }

    @Test
    void aFinalOneForbidsNarrowerOnes() {
        add("operator", "acl", "all", 1_000, true, true);
        add("vc", "acl", "vc", 1_000, true, false);
        add("off", "acl", "vc-user", 1_000, false, false);

        assertThat(chosen()).containsExactly("operator");
    }

    @Test
    void aFinalOneInTheMiddleStillBeatsBroaderOnes() {
        add("all", "acl", "all", 1_000, true, false);
        add("vc", "acl", "vc", 1_000, true, true);
        add("user", "acl", "user", 1_000, true, false);

        assertThat(chosen()).containsExactly("vc");
    }

    @Test
    void theBroadestOfSeveralFinalOnesWins() {
        add("all", "acl", "all", 1_000, true, true);
        add("vc", "acl", "vc", 1_000, true, true);

        assertThat(chosen()).containsExactly("all");
    }

    @Test
    void aFinalOneOutsideTheScopeForbidsNothing() {
        add("bob", "acl", "vc-bob", 1_000, true, true);
        add("user", "acl", "vc-user", 1_000, true, false);

        assertThat(chosen()).containsExactly("user");
    }

    @Test
    void theOrderIsByPriorityAndThenByName() {
        add("b", "p1", "all", 500, true, false);
        add("a", "p2", "user", 500, true, false);
        add("namespace", "p3", "all", 9_000, true, false);
        add("audit", "p4", "all", 100, true, false);
        add("first", "p5", "all", -1, true, false);

        assertThat(chosen()).containsExactly("first", "audit", "a", "b", "namespace");
    }

    @Test
    void aUserWhoseInterceptorCannotWorkHasAProblem() {
        add("broken", "acl", "user", 1_000, true, false);
        InterceptorSet set = new InterceptorSet(
                List.of(new Entry(definitions.get(0), null, "type: none (expected: one)")), List.of(), 0, 0);

        assertThat(set.problem(ALICE)).contains("interceptor broken: type: none (expected: one)");
        assertThat(set.problem(User.named("bob").build())).isEmpty();
    }

    private void add(String name, String policy, String scope, int priority, boolean enabled, boolean isFinal) {
        definitions.add(
                new InterceptorDefinition(name, policy, "type", priority, scope(scope), Map.of(), enabled, isFinal));
    }

    private static Scope scope(String name) {
        Optional<String> cluster = Optional.of("team-a");
        return switch (name) {
            case "all" -> Scope.ALL;
            case "vc" -> new Scope(false, cluster, Optional.empty(), Optional.empty());
            case "group" -> new Scope(false, Optional.empty(), Optional.of("writers"), Optional.empty());
            case "group-readers" -> new Scope(false, Optional.empty(), Optional.of("readers"), Optional.empty());
            case "vc-group" -> new Scope(false, cluster, Optional.of("writers"), Optional.empty());
            case "user" -> new Scope(false, Optional.empty(), Optional.empty(), Optional.of("alice"));
            case "vc-user" -> new Scope(false, cluster, Optional.empty(), Optional.of("alice"));
            case "vc-bob" -> new Scope(false, cluster, Optional.empty(), Optional.of("bob"));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private List<String> chosen() {
        List<Entry> entries = definitions.stream()
                .map(definition -> new Entry(definition, null, "not created in this test"))
                .toList();
        return new InterceptorSet(entries, List.of(), 0, 0)
                .choose(ALICE).stream().map(entry -> entry.definition().name()).toList();
    }
}
