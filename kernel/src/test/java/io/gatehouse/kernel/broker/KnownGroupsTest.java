/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KnownGroupsTest {

    private final AtomicLong nanos = new AtomicLong();
    private final List<Collection<String>> asked = new ArrayList<>();
    private CompletableFuture<Map<String, Boolean>> answer = new CompletableFuture<>();
    private boolean canAsk = true;
    private final KnownGroups groups = new KnownGroups(this::ask, () -> canAsk, nanos::get);

    private CompletableFuture<Map<String, Boolean>> ask(Collection<String> groupIds) {
        asked.add(groupIds);
        return answer;
    }

    @Test
    void whoAsksForTheSameGroupAtOnceSharesOneQuestion() {
        var first = exist("a");
        var second = exist("a", "b");

        answer.complete(Map.of("a", true, "b", false));

        assertThat(asked).containsExactly(List.of("a"), List.of("b"));
        assertThat(first).isCompletedWithValue(Map.of("a", true));
        assertThat(second).isCompletedWithValue(Map.of("a", true, "b", false));
    }

    @Test
    void anAnswerIsRememberedForAWhile() {
        answer.complete(Map.of("a", true));
        exist("a");
        answer = CompletableFuture.completedFuture(Map.of("a", false));

        nanos.addAndGet(KnownGroups.REMEMBERED.toNanos() - 1);
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
        assertThat(asked).hasSize(1);
        nanos.addAndGet(1);
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", false));
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatNoCoordinatorHasSaidIsAbsentAndAskedForAgainSoon() {
        answer.completeExceptionally(new IllegalStateException("no broker"));
        assertThat(exist("a")).isCompletedWithValue(Map.of());
        answer = CompletableFuture.completedFuture(Map.of("a", true));

        assertThat(exist("a")).isCompletedWithValue(Map.of());
        assertThat(asked).hasSize(1);
        nanos.addAndGet(KnownGroups.RETRY.toNanos());
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
    }

    @Test
    void whatACoordinatorSaidStandsWhileItDoesNotAnswer() {
        answer.complete(Map.of("a", true));
        exist("a");
        answer = CompletableFuture.failedFuture(new IllegalStateException("no broker"));

        nanos.addAndGet(KnownGroups.REMEMBERED.toNanos());
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
        answer = CompletableFuture.completedFuture(Map.of());
        nanos.addAndGet(KnownGroups.RETRY.toNanos());
        assertThat(exist("a")).isCompletedWithValue(Map.of("a", true));
        assertThat(asked).hasSize(3);
    }

    @Test
    void whoCanGoOnWithWhatWasSaidWaitsForNewsNotLong() {
        answer.complete(Map.of("a", true));
        exist("a");
        answer = new CompletableFuture<>();
        nanos.addAndGet(KnownGroups.REMEMBERED.toNanos());

        var goesOn = exist("a");
        var cannot = exist("a", "b");

        assertThat(goesOn).isNotDone();
        assertThat(goesOn).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(Map.of("a", true));
        assertThat(cannot).isNotDone();
    }

    @Test
    void withoutCredentialsNothingIsAsked() {
        canAsk = false;

        assertThat(exist("a")).isCompletedExceptionally();
        assertThat(asked).isEmpty();
    }

    private CompletableFuture<Map<String, Boolean>> exist(String... groupIds) {
        return groups.exist(List.of(groupIds)).toCompletableFuture();
    }
}
