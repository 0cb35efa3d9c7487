/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks;

import io.gatehouse.benchmarks.measure.Figure;
import io.gatehouse.benchmarks.measure.Sample;
import io.gatehouse.benchmarks.measure.Spread;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All samples of a run, by workload, target and round. Not thread-safe while it grows. */
public final class Results {

    private final Instant begun = Instant.now();
    private final Map<String, Series> byWorkload = new LinkedHashMap<>();
    private final int rounds;
    private final int turns;
    private final double windowSeconds;

    Results(int rounds, int turns, double windowSeconds) {
        this.rounds = rounds;
        this.turns = turns;
        this.windowSeconds = windowSeconds;
    }

    /** The samples of one workload. */
    public record Series(String workload, String title, Figure main, Map<String, List<Sample>> byTarget) {

        /** Of a figure over the rounds; empty when a target does not have it. */
        public Optional<Spread> spread(String target, Figure figure) {
            List<Double> values = values(target, figure);
            return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
        }

        /** Of a target's figure to another target's, round by round; empty when one of them does not have it. */
        public Optional<Spread> ratio(String target, String base, Figure figure) {
            List<Double> values = values(target, figure);
            List<Double> others = values(base, figure);
            return values.isEmpty() || values.size() != others.size()
                    ? Optional.empty()
                    : Optional.of(Spread.ofRatios(values, others));
        }

        private List<Double> values(String target, Figure figure) {
            return byTarget.getOrDefault(target, List.of()).stream()
                    .filter(sample -> sample.values().containsKey(figure))
                    .map(sample -> sample.values().get(figure))
                    .toList();
        }
    }

    void add(Workload workload, String target, Sample sample) {
        byWorkload
                .computeIfAbsent(
                        workload.name(),
                        name -> new Series(name, workload.title(), workload.main(), new LinkedHashMap<>()))
                .byTarget()
                .computeIfAbsent(target, name -> new ArrayList<>())
                .add(sample);
    }

    public List<Series> series() {
        return List.copyOf(byWorkload.values());
    }

    public Instant begun() {
        return begun;
    }

    public int rounds() {
        return rounds;
    }

    public int turns() {
        return turns;
    }

    public double windowSeconds() {
        return windowSeconds;
    }
}
