/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.plugins.namespace.Namespace.Real;
import io.gatehouse.plugins.namespace.NamespaceConfig.Additional;
import io.gatehouse.plugins.namespace.NamespaceConfig.AdditionalNames;
import io.gatehouse.plugins.namespace.NamespaceConfig.Conflict;
import io.gatehouse.plugins.namespace.NamespaceConfig.Mode;
import io.gatehouse.plugins.namespace.NamespaceConfig.Overlap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceTest {

    private static final Predicate<String> NOTHING_EXISTS = name -> false;

    private static final OwnGroups NO_OWN = new OwnGroups(Map.of("team-a.shared", false));
    private static final Errors LOADING = Errors.COORDINATOR_LOAD_IN_PROGRESS;

    private final Namespace hide = namespace(Mode.HIDE);
    private final Namespace enforce = namespace(Mode.ENFORCE);

    @Test
    void hidingPutsThePrefixInFrontAndTakesItAwayAgain() {
        Real real = hide.topic("orders", true, NOTHING_EXISTS);

        assertThat(real).isEqualTo(new Real("team-a.orders", null));
        assertThat(hide.topicSeen("team-a.orders", NOTHING_EXISTS)).contains("orders");
        assertThat(hide.topic("team-a.orders", true, NOTHING_EXISTS).name()).isEqualTo("team-a.team-a.orders");
        assertThat(hide.group("g", true, NO_OWN, LOADING).name()).isEqualTo("team-a.g");
        assertThat(hide.transactionalId("t").name()).isEqualTo("team-a.t");
    }

    @Test
    void enforcingLeavesNamesAsTheyAreAndDeniesOthers() {
        assertThat(enforce.topic("team-a.orders", true, NOTHING_EXISTS)).isEqualTo(new Real("team-a.orders", null));
        assertThat(enforce.topicSeen("team-a.orders", NOTHING_EXISTS)).contains("team-a.orders");
        assertThat(enforce.topic("orders", false, NOTHING_EXISTS).denial())
                .isEqualTo(new Denial(
                        Errors.TOPIC_AUTHORIZATION_FAILED, "The topic \"orders\" has to start with \"team-a.\" here."));
        assertThat(enforce.group("g", false, NO_OWN, LOADING).denial().error())
                .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
        assertThat(enforce.transactionalId("t").denial().error())
                .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "team-b.orders", "team-a", "__consumer_offsets", "public", "xteam-a.x"})
    void whatLacksThePrefixDoesNotExist(String real) {
        assertThat(hide.topicSeen(real, NOTHING_EXISTS)).isEmpty();
        assertThat(enforce.topicSeen(real, NOTHING_EXISTS)).isEmpty();
        assertThat(hide.groupSeen(real, NO_OWN)).isEmpty();
        assertThat(hide.transactionalIdSeen(real)).isEmpty();
    }

    @Test
    void additionalNamesAreShownAsTheyAreAndMayNotBeManagedUnlessSaidSo() {
        for (Namespace namespace : List.of(hide, enforce)) {
            assertThat(namespace.topic("audit", false, NOTHING_EXISTS)).isEqualTo(new Real("audit", null));
            assertThat(namespace.topicSeen("audit", NOTHING_EXISTS)).contains("audit");
            assertThat(namespace.topic("public.x", false, NOTHING_EXISTS).name())
                    .isEqualTo("public.x");
            assertThat(namespace.topic("audit", true, NOTHING_EXISTS).denial().reason())
                    .isEqualTo("The topic \"audit\" may be read and written, not managed.");
            assertThat(namespace.topic("public.x", true, NOTHING_EXISTS).denial())
                    .isNull();
            assertThat(namespace.group("shared", false, NO_OWN, LOADING).name()).isEqualTo("shared");
            assertThat(namespace.group("shared", true, NO_OWN, LOADING).denial().error())
                    .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
        }
    }

    @Test
    void theNamespacesOwnTopicWinsOverAnAdditionalOneOfTheSameName() {
        Predicate<String> exists = "team-a.audit"::equals;

        assertThat(hide.topic("audit", true, exists)).isEqualTo(new Real("team-a.audit", null));
        assertThat(hide.topicSeen("team-a.audit", exists)).contains("audit");
        assertThat(hide.topicSeen("audit", exists)).isEmpty();
        assertThat(enforce.topicSeen("audit", exists)).contains("audit");
    }

    @Test
    void internalTopicsAreHiddenEvenIfAGlobMatchesThem() {
        Namespace all = namespace(
                "team-a.",
                Mode.HIDE,
                new Additional(List.of(names(List.of(), "*", Conflict.IGNORE, false)), List.of()));

        assertThat(all.topicSeen("__consumer_offsets", NOTHING_EXISTS)).isEmpty();
        assertThat(all.topicSeen("__transaction_state", NOTHING_EXISTS)).isEmpty();
        assertThat(all.topicSeen("__share_group_state", NOTHING_EXISTS)).isEmpty();
        assertThat(all.topicSeen("other", NOTHING_EXISTS)).contains("other");
        for (String internal : List.of("__consumer_offsets", "__transaction_state", "__share_group_state")) {
            assertThat(all.topic(internal, false, NOTHING_EXISTS).name()).isEqualTo("team-a." + internal);
        }
    }

    @Test
    void aGlobTakesNothingFromTheNamespaceItself() {
        Additional everything = new Additional(
                List.of(names(List.of(), "*", Conflict.IGNORE, true)),
                List.of(names(List.of(), "*", Conflict.IGNORE, true)));
        Namespace all = namespace("team-a.", Mode.HIDE, everything);
        Namespace enforcing = namespace("team-a.", Mode.ENFORCE, everything);

        assertThat(all.topic("team-a.orders", true, NOTHING_EXISTS).name()).isEqualTo("team-a.team-a.orders");
        assertThat(all.group("team-a.g", true, NO_OWN, LOADING).name()).isEqualTo("team-a.team-a.g");
        assertThat(enforcing.topic("__consumer_offsets", true, NOTHING_EXISTS).denial())
                .isNotNull();
    }

    @Test
    void theNamespacesOwnGroupWinsOverAnAdditionalOneOfTheSameNameAndOneIsShown() {
        OwnGroups own = new OwnGroups(Map.of("team-a.shared", true));

        assertThat(hide.group("shared", true, own, LOADING)).isEqualTo(new Real("team-a.shared", null));
        assertThat(hide.groupSeen("team-a.shared", own)).contains("shared");
        assertThat(hide.groupSeen("shared", own)).isEmpty();
        assertThat(hide.group("shared", false, NO_OWN, LOADING)).isEqualTo(new Real("shared", null));
        assertThat(hide.groupSeen("shared", NO_OWN)).contains("shared");
        assertThat(hide.groupSeen("team-a.shared", NO_OWN)).isEmpty();
        assertThat(hide.groupSeen("team-a.g", NO_OWN)).contains("g");
        assertThat(enforce.group("shared", false, own, LOADING)).isEqualTo(new Real("shared", null));
        assertThat(enforce.groupSeen("team-a.shared", NO_OWN)).contains("team-a.shared");
    }

    @Test
    void whoseAGroupIsIsNotGuessed() {
        OwnGroups unknown = new OwnGroups(Map.of());

        Real real = hide.group("shared", false, unknown, LOADING);

        assertThat(hide.isStandIn(real.name())).isTrue();
        assertThat(real.denial().error()).isEqualTo(LOADING);
        assertThat(hide.group("g", false, unknown, LOADING)).isEqualTo(new Real("team-a.g", null));
        assertThat(enforce.group("shared", false, unknown, LOADING)).isEqualTo(new Real("shared", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".."})
    void whatBrokersNeverTakeForATopicIsLeftToThem(String name) {
        assertThat(hide.topic(name, true, NOTHING_EXISTS)).isEqualTo(new Real(name, null));
    }

    @Test
    void aStandInCannotBeATopicAndTellsWhatItStandsFor() {
        Real denied = enforce.topic("orders", false, NOTHING_EXISTS);

        assertThat(denied.name()).contains("/");
        assertThat(enforce.isStandIn(denied.name())).isTrue();
        assertThat(enforce.standsFor(denied.name())).isEqualTo("orders");
        assertThat(hide.isStandIn(denied.name())).as("of another namespace").isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Topic 'team-a.orders' already exists.;Topic 'orders' already exists.",
                "team-a.g is gone;g is gone",
                "[team-a.x, team-a.y] of xteam-a.z;[x, y] of xteam-a.z",
                "team-a.team-a.x;team-a.x",
                "nothing;nothing",
                "Topic 'team-a.a.b' collides with existing topics: team-a.a_b, other;Topic 'a.b' collides with an existing topic",
            })
    void wordsOfBrokersNameWhatTheClientKnows(String text, String seen) {
        assertThat(hide.textSeen(text)).isEqualTo(seen);
    }

    @Test
    void enforcingLeavesWordsAsTheyAreExceptForStandIns() {
        String standIn = enforce.topic("x", false, NOTHING_EXISTS).name();

        assertThat(enforce.textSeen("team-a.y and " + standIn)).isEqualTo("team-a.y and x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "__x", "_", "ä"})
    void aPrefixThatCannotStartATopicsNameIsRefused(String prefix) {
        assertThatThrownBy(() -> namespace(prefix, Mode.HIDE, new Additional(List.of(), List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("prefix: ")
                .hasMessageContaining("expected: ");
    }

    @Test
    void anEntryIsExactNamesOrAGlob() {
        assertThatThrownBy(() -> names(List.of("a"), "b*", Conflict.WARN, false))
                .hasMessage("exact: together with glob (expected: one of them in an entry)");
        assertThat(new NameList(
                                List.of(new AdditionalNames(List.of(), Optional.empty(), Conflict.WARN, false)),
                                name -> false)
                        .isEmpty())
                .as("an empty list is a no-op")
                .isTrue();
    }

    @Test
    void theFirstEntryThatMatchesCounts() {
        NameList list = new NameList(
                List.of(names(List.of("a"), null, Conflict.IGNORE, true), names(List.of(), "?", Conflict.WARN, false)),
                "c"::equals);

        assertThat(list.find("a").orElseThrow().manage()).isTrue();
        assertThat(list.find("b").orElseThrow().manage()).isFalse();
        assertThat(list.find("ab")).isEmpty();
        assertThat(list.find("c")).as("never additional").isEmpty();
    }

    private static Namespace namespace(Mode mode) {
        return namespace(
                "team-a.",
                mode,
                new Additional(
                        List.of(
                                names(List.of("audit"), null, Conflict.WARN, false),
                                names(List.of(), "public.*", Conflict.WARN, true)),
                        List.of(names(List.of("shared"), null, Conflict.WARN, false))));
    }

    private static Namespace namespace(String prefix, Mode mode, Additional additional) {
        return new Namespace(new NamespaceConfig(prefix, mode, additional, Overlap.REFUSE));
    }

    private static AdditionalNames names(
            List<String> exact, @org.jspecify.annotations.Nullable String glob, Conflict conflict, boolean manage) {
        return new AdditionalNames(exact, Optional.ofNullable(glob), conflict, manage);
    }
}
