/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownGroupsTest {

    private final AtomicLong nanos = new AtomicLong();
    private final List<GroupQuestion> asked = new ArrayList<>();
    private boolean canAsk = true;
    private final KnownGroups groups = new KnownGroups(asked::addAll, () -> canAsk, nanos::get);

    @Test
    void whoAsksForTheSameGroupAtOnceSharesOneQuestion() {
        var first = exist("a");
        var second = exist("a", "b");

        assertThat(asked).extracting(GroupQuestion::groupId).containsExactly("a", "b");
        answer(true, false);
        assertThat(first).isCompletedWithValue(Map.of("a", true));
        assertThat(second).isCompletedWithValue(Map.of("a", true, "b", false));
    }

    /** One coordinator that hangs must not keep what another one has said. */
    @Test
    void eachAnswerIsLearntAsItComes() {
        var both = exist("a", "b");
        asked.get(0).answer().complete(true);

        assertThat(both).isNotDone();
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
    }

    @Test
    void anAnswerIsRememberedForAWhile() {
        know("a", true);

        nanos.addAndGet(KnownGroups.REMEMBERED.toNanos() - 1);
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
        assertThat(asked).hasSize(1);
        nanos.addAndGet(1);
        exist("a");
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatWasSaidIsServedAtOnceWhileItIsAskedForBehind() {
        know("a", true);
        nanos.addAndGet(KnownGroups.REMEMBERED.toNanos());

        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
        assertThat(asked).hasSize(2);
        answer(false);
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", false));
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatWasSaidLongAgoIsNotServedBeforeItIsAskedFor() {
        know("a", true);
        nanos.addAndGet(KnownGroups.REMEMBERED.plus(KnownGroups.SERVED_ON).toNanos());

        var waiting = exist("a");

        assertThat(waiting).isNotDone();
        answer(false);
        assertThat(waiting).isCompletedWithValue(Map.of("a", false));
    }

    @Test
    void whatNoCoordinatorHasSaidIsAbsentAndAskedForAgainSoon() {
        var first = exist("a");
        fail();
        assertThat(first).isCompletedWithValue(Map.of());

        assertThat(exist("a")).isCompletedWithValue(Map.of());
        assertThat(asked).hasSize(1);
        nanos.addAndGet(KnownGroups.RETRY.toNanos());
        var second = exist("a");
        answer(true);
        assertThat(second).isCompletedWithValue(Map.of("a", true));
    }

    @Test
    void whatACoordinatorSaidStandsWhileItDoesNotAnswerAndNobodyWaits() {
        know("a", true);

        nanos.addAndGet(KnownGroups.REMEMBERED.toNanos());
        for (int i = 0; i < 100; i++) {
            assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
            fail();
            nanos.addAndGet(KnownGroups.RETRY.toNanos());
        }
        assertThat(asked).hasSize(101);
    }

    @Test
    void oneWaitsForACoordinatorThatHangsAndNotLongIfItCanGoOn() {
        know("a", true);
        nanos.addAndGet(Long.MAX_VALUE / 4);

        var goesOn = exist("a");
        var cannot = exist("a", "b");

        assertThat(goesOn).isNotDone();
        assertThat(goesOn).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(Map.of("a", true));
        assertThat(cannot).isNotDone();
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
        nanos.addAndGet(KnownGroups.RETRY.toNanos());
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
    }

    /** Whoever would make a group again that was deleted a moment ago. */
    @Test
    void thatAGroupStillExistsIsNotTakenFromWhatWasSaidBefore() {
        know("a", true);

        var still = groups.stillExist(List.of("a")).toCompletableFuture();
        assertThat(still).isNotDone();
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
        answer(false);

        assertThat(still).isCompletedWithValue(Map.of("a", false));
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", false));
        assertThat(groups.stillExist(List.of("a")).toCompletableFuture()).isCompletedWithValue(Map.of("a", false));
        assertThat(asked).hasSize(2);
    }

    @Test
    void thatAGroupStillExistsIsNotTakenFromAQuestionThatIsUnderWay() {
        know("a", true);

        var first = groups.stillExist(List.of("a")).toCompletableFuture();
        var second = groups.stillExist(List.of("a")).toCompletableFuture();
        assertThat(asked).hasSize(2);
        asked.get(1).send();
        var third = groups.stillExist(List.of("a")).toCompletableFuture();
        assertThat(asked).hasSize(3);
        asked.get(1).answer().complete(true);

        assertThat(first).isCompletedWithValue(Map.of("a", true));
        assertThat(second).isCompletedWithValue(Map.of("a", true));
        assertThat(third).isNotDone();
        asked.get(2).answer().complete(false);
        assertThat(third).isCompletedWithValue(Map.of("a", false));
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", false));
    }

    @Test
    void norIsItWhenNothingWasSaidBefore() {
        var before = exist("a");
        asked.get(0).send();

        var still = groups.stillExist(List.of("a")).toCompletableFuture();
        asked.get(0).answer().complete(true);

        assertThat(before).isCompletedWithValue(Map.of("a", true));
        assertThat(still).isNotDone();
        asked.get(1).answer().complete(false);
        assertThat(still).isCompletedWithValue(Map.of("a", false));
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", false));
    }

    @Test
    void thatAGroupStillExistsIsNotGuessedWhileItsCoordinatorDoesNotSay() {
        know("a", true);

        var still = groups.stillExist(List.of("a")).toCompletableFuture();
        fail();

        assertThat(still).isCompletedWithValue(Map.of());
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
    }

    @Test
    void oneRequestAsksForABoundedNumberOfNamesAndTheNextForOthers() {
        String[] many = IntStream.range(0, KnownGroups.MAX_ASKED + 1)
                .mapToObj(i -> "g" + i)
                .toArray(String[]::new);

        var some = exist(many);
        assertThat(asked).hasSize(KnownGroups.MAX_ASKED);
        answerAll(true);
        assertThat(some.join()).hasSize(KnownGroups.MAX_ASKED);

        var all = exist(many);
        assertThat(asked).hasSize(KnownGroups.MAX_ASKED + 1);
        answerAll(true);
        assertThat(all.join()).hasSize(KnownGroups.MAX_ASKED + 1);
    }

    @Test
    void ofAllRequestsABoundedNumberOfNamesIsAskedForAtOnce() {
        for (int i = 0; i < KnownGroups.MAX_GROUPS; i++) {
            exist("g" + i);
        }

        assertThat(exist("one more")).isCompletedWithValue(Map.of());
        assertThat(asked).hasSize(KnownGroups.MAX_GROUPS);
        answerAll(true);
        assertThat(exist("one more")).isNotDone();
    }

    @Test
    void theOldestIsForgottenWhenThereAreTooMany() {
        for (int i = 0; i <= KnownGroups.MAX_GROUPS; i++) {
            know("g" + i, true);
        }
        int before = asked.size();

        for (int i = 1; i <= KnownGroups.MAX_GROUPS; i++) {
            assertThat(exist("g" + i)).isCompletedWithValue(Map.of("g" + i, true));
        }
        assertThat(asked).hasSize(before);
        assertThat(exist("g0")).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(ints = {KnownGroups.MAX_LENGTH, KnownGroups.MAX_LENGTH + 1})
    void absurdNamesAreNotAskedForNorRemembered(int length) {
        var known = exist("g".repeat(length));

        assertThat(asked).hasSize(length > KnownGroups.MAX_LENGTH ? 0 : 1);
        assertThat(known.isDone()).isEqualTo(length > KnownGroups.MAX_LENGTH);
    }

    @Test
    void whereNothingRunsAnyMoreNothingIsKnown() {
        KnownGroups ended = new KnownGroups(
                questions -> {
                    throw new RejectedExecutionException("event loop shut down");
                },
                () -> true,
                nanos::get);

        assertThat(ended.exist(List.of("a")).toCompletableFuture()).isCompletedWithValue(Map.of());
    }

    @Test
    void withoutCredentialsNothingIsAsked() {
        canAsk = false;

        assertThat(groups.canAsk()).isFalse();
        assertThat(exist("a")).isCompletedWithValue(Map.of());
        assertThat(asked).isEmpty();
    }

    private CompletableFuture<Map<String, Boolean>> exist(String... groupIds) {
        return groups.exist(List.of(groupIds)).toCompletableFuture();
    }

    private void know(String groupId, boolean exists) {
        var known = exist(groupId);
        answer(exists);
        assertThat(known).isCompletedWithValue(Map.of(groupId, exists));
    }

    /** Answers the last questions. */
    private void answer(boolean... exist) {
        for (int i = 0; i < exist.length; i++) {
            asked.get(asked.size() - exist.length + i).answer().complete(exist[i]);
        }
    }

    private void answerAll(boolean exists) {
        asked.forEach(question -> question.answer().complete(exists));
    }

    private void fail() {
        asked.get(asked.size() - 1).answer().completeExceptionally(new IllegalStateException("no broker"));
    }
}
