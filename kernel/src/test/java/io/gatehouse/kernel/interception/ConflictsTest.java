/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.interception.Interceptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Interceptors that their type says cannot be together. The type of these says so of equal values. */
class ConflictsTest {

    private static final Map<String, String> CLUSTERS = Map.of("a", "one", "b", "one", "c", "other");

    private final Interceptors interceptors = new Interceptors(name -> Optional.of(new Picky()));

    private record Picky() implements InterceptorTypes.Type {
        @Override
        public String pluginId() {
            return "picky";
        }

        @Override
        public ClassLoader classLoader() {
            return ConflictsTest.class.getClassLoader();
        }

        @Override
        public Interceptor create(String name, Map<String, Object> config, InterceptorTypes.Resubscriber resubscriber) {
            return (user, on) -> {};
        }

        @Override
        public Optional<String> conflict(Map<String, Object> config, Map<String, Object> other) {
            return config.equals(other) ? Optional.of("both are " + config.get("value")) : Optional.empty();
        }

        @Override
        public void failed(String where, Throwable failure) {
            throw new AssertionError(where, failure);
        }

        @Override
        public void released() {}
    }

    @Test
    void ofTwoForVirtualClustersOfOneClusterTheLaterByNameDoesNotWork() {
        update(of("second", "b", 1, true), of("first", "a", 1, true));

        assertThat(interceptors.problems())
                .containsExactly("interceptor second: both are 1; the other one is interceptor first");
    }

    @Test
    void theOneThatWorkedBeforeGoesOn() {
        update(of("second", "b", 1, true));

        update(of("first", "a", 1, true), of("second", "b", 1, true));

        assertThat(interceptors.problems())
                .containsExactly("interceptor first: both are 1; the other one is interceptor second");
    }

    @Test
    void whenTheOtherOneGoesOrIsSwitchedOffItWorks() {
        update(of("first", "a", 1, true), of("second", "b", 1, true));

        update(of("first", "a", 1, false), of("second", "b", 1, true));

        assertThat(interceptors.problems()).isEmpty();
    }

    @Test
    void oneVirtualClusterOrTwoOnDifferentClustersMayHaveEqualOnes() {
        update(of("first", "a", 1, true), of("same", "a", 1, true), of("elsewhere", "c", 1, true));

        assertThat(interceptors.problems()).isEmpty();
    }

    @Test
    void oneForNoCertainVirtualClusterMayMeetAnyOther() {
        update(of("everybody", null, 1, true), of("first", "c", 1, true));

        assertThat(interceptors.problems()).hasSize(1);
    }

    private void update(InterceptorDefinition... definitions) {
        interceptors.update(List.of(definitions), virtualCluster -> Optional.ofNullable(CLUSTERS.get(virtualCluster)));
    }

    private static InterceptorDefinition of(
            String name, @org.jspecify.annotations.Nullable String virtualCluster, int value, boolean enabled) {
        Scope scope = virtualCluster == null
                ? Scope.ALL
                : new Scope(false, Optional.of(virtualCluster), Optional.empty(), Optional.empty());
        return new InterceptorDefinition(name, name, "picky", 1_000, scope, Map.of("value", value), enabled, false);
    }
}
