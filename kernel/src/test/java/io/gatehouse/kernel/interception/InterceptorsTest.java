/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kernel.interception.FakeTypes.FakeType;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import io.gatehouse.spi.interception.Subscriptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InterceptorsTest {

    private static final User ALICE = User.named("alice").build();
    private static final User BOB = User.named("bob").build();

    private final FakeTypes types = new FakeTypes();
    private final AtomicInteger closed = new AtomicInteger();
    private final FakeType type = types.add("guard", Closing::new);
    private final Interceptors interceptors = new Interceptors(types);

    private final class Closing implements Interceptor {
        @Override
        public void subscribe(User user, Subscriptions on) {}

        @Override
        public void close() {
            assertThat(Thread.currentThread().getContextClassLoader()).isNotNull();
            closed.incrementAndGet();
        }
    }

    @Test
    void whatHasNotChangedIsKept() {
        interceptors.update(List.of(guard(Map.of("limit", 1), 1_000)));
        ActiveInterceptor before = active();

        interceptors.update(List.of(guard(Map.of("limit", 1), 500)));

        assertThat(active()).isSameAs(before);
        assertThat(interceptors.current().entries().get(0).definition().priority())
                .isEqualTo(500);
        assertThat(type.created).hasValue(1);
        assertThat(closed).hasValue(0);
    }

    @Test
    void anotherConfigMakesAnotherInterceptorAndRetiresTheFormer() {
        interceptors.update(List.of(guard(Map.of("limit", 1), 1_000)));
        ActiveInterceptor before = active();

        interceptors.update(List.of(guard(Map.of("limit", 2), 1_000)));

        assertThat(active()).isNotSameAs(before);
        await().untilAsserted(() -> assertThat(type.released).hasValue(1));
        assertThat(closed).hasValue(1);
        assertThat(before.acquire()).isFalse();
    }

    @Test
    void aNewGenerationOfTheTypeMakesAnotherInterceptor() {
        interceptors.update(List.of(guard(Map.of(), 1_000)));
        FakeType next = types.add("guard", Closing::new);

        interceptors.update(List.of(guard(Map.of(), 1_000)));

        assertThat(next.created).hasValue(1);
        await().untilAsserted(() -> assertThat(type.released).hasValue(1));
    }

    @Test
    void whatHasGoneIsRetired() {
        interceptors.update(List.of(guard(Map.of(), 1_000)));

        interceptors.update(List.of());

        await().untilAsserted(() -> assertThat(type.released).hasValue(1));
        assertThat(interceptors.current().entries()).isEmpty();
    }

    @Test
    void whatAConnectionUsesIsClosedOnlyWhenThatLetsItGo() {
        interceptors.update(List.of(guard(Map.of(), 1_000)));
        ActiveInterceptor used = active();
        assertThat(used.acquire()).isTrue();

        interceptors.update(List.of());
        assertThat(closed).hasValue(0);
        used.release();

        await().untilAsserted(() -> assertThat(closed).hasValue(1));
    }

    @Test
    void aMissingTypeIsAProblemAndHealsWhenItArrives() {
        types.remove("guard");
        interceptors.update(List.of(guard(Map.of(), 1_000)));

        assertThat(interceptors.problems())
                .containsExactly("interceptor guard: type: guard (expected: a type that a loaded plugin offers)");
        assertThat(interceptors.current().problem(ALICE)).isPresent();

        types.add("guard", Closing::new);
        interceptors.update(List.of(guard(Map.of(), 1_000)));

        assertThat(interceptors.problems()).isEmpty();
        assertThat(interceptors.current().problem(ALICE)).isEmpty();
    }

    @Test
    void aTypeThatLeavesIsAProblemAndItsInterceptorIsRetired() {
        interceptors.update(List.of(guard(Map.of(), 1_000)));
        types.remove("guard");

        interceptors.update(List.of(guard(Map.of(), 1_000)));

        assertThat(interceptors.current().problem(ALICE)).isPresent();
        await().untilAsserted(() -> assertThat(type.released).hasValue(1));
    }

    @Test
    void aFactoryThatThrowsIsAProblemOfThatOneOnly() {
        types.add("broken", () -> {
            throw new IllegalStateException("oops");
        });
        types.add("linkage", () -> {
            throw new NoClassDefFoundError("gone");
        });

        interceptors.update(List.of(
                guard(Map.of(), 1_000),
                definition("broken", "broken", Map.of(), 1_000),
                definition("linkage", "linkage", Map.of(), 1_000)));

        assertThat(interceptors.problems()).hasSize(2);
        assertThat(active()).isNotNull();
    }

    @Test
    void aDisabledInterceptorWithoutItsTypeIsNoProblem() {
        types.remove("guard");
        interceptors.update(List.of(
                new InterceptorDefinition("guard", "guard", "guard", 1_000, Scope.ALL, Map.of(), false, false)));

        assertThat(interceptors.problems()).isEmpty();
        assertThat(interceptors.current().problem(ALICE)).isEmpty();
    }

    @Test
    void resubscribingConcernsTheMatchingUsersOfThatInterceptorSinceTheirSubscription() {
        types.add("other", Closing::new);
        interceptors.update(List.of(guard(Map.of(), 1_000), definition("other", "other", Map.of(), 1_000)));
        InterceptorSet before = interceptors.current();
        ActiveInterceptor guard = active();
        ActiveInterceptor other = before.entries().get(1).active();
        long since = before.nextRound();

        type.resubscribers.get(0).resubscribe(user -> user.username().equals("alice"));
        InterceptorSet after = interceptors.current();

        assertThat(after).isNotSameAs(before);
        assertThat(after.mustResubscribe(guard, ALICE, since)).isTrue();
        assertThat(after.mustResubscribe(guard, BOB, since)).isFalse();
        assertThat(after.mustResubscribe(other, ALICE, since)).isFalse();
        assertThat(after.mustResubscribe(guard, ALICE, after.nextRound())).isFalse();
    }

    @Test
    void whoIsFarBehindMustResubscribe() {
        interceptors.update(List.of(guard(Map.of(), 1_000)));
        long since = interceptors.current().nextRound();

        for (int i = 0; i < 100; i++) {
            type.resubscribers.get(0).resubscribe(user -> false);
        }

        assertThat(interceptors.current().rounds()).hasSizeLessThan(100);
        assertThat(interceptors.current().mustResubscribe(active(), ALICE, since))
                .isTrue();
        assertThat(interceptors.current().mustResubscribe(active(), ALICE, since + 99))
                .isFalse();
        assertThat(interceptors.current().nextRound()).isEqualTo(since + 100);
    }

    @Test
    void aPredicateThatThrowsMeansEverybody() {
        interceptors.update(List.of(guard(Map.of(), 1_000)));
        long since = interceptors.current().nextRound();

        type.resubscribers.get(0).resubscribe(user -> {
            throw new IllegalStateException("oops");
        });

        assertThat(interceptors.current().mustResubscribe(active(), ALICE, since))
                .isTrue();
        assertThat(type.failures).hasSize(1);
    }

    @Test
    void nothingIsKeptOfAnInterceptorThatHasGone() {
        types.add("other", Closing::new);
        interceptors.update(List.of(guard(Map.of(), 1_000), definition("other", "other", Map.of(), 1_000)));
        ActiveInterceptor gone = active();
        type.resubscribers.get(0).resubscribe(user -> true);
        long next = interceptors.current().nextRound();

        interceptors.update(List.of(definition("other", "other", Map.of(), 1_000)));
        type.resubscribers.get(0).resubscribe(user -> true);

        assertThat(interceptors.current().rounds()).noneMatch(round -> round.isFor(gone));
        assertThat(interceptors.current().nextRound()).isEqualTo(next);
    }

    @Test
    void aChangeOfIdentitiesIsSeenInTheNextSet() {
        InterceptorSet before = interceptors.current();

        interceptors.identityChanged();

        assertThat(interceptors.current().identityVersion()).isEqualTo(before.identityVersion() + 1);
        interceptors.update(List.of());
        assertThat(interceptors.current().identityVersion()).isEqualTo(before.identityVersion() + 1);
    }

    private ActiveInterceptor active() {
        return interceptors.current().entries().get(0).active();
    }

    private static InterceptorDefinition guard(Map<String, Object> config, int priority) {
        return definition("guard", "guard", config, priority);
    }

    private static InterceptorDefinition definition(
            String name, String type, Map<String, Object> config, int priority) {
        return new InterceptorDefinition(name, name, type, priority, Scope.ALL, config, true, false);
    }
}
