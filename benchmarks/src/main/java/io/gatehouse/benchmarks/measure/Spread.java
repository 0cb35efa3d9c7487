/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Median, lowest and highest of several rounds. */
public record Spread(double median, double lowest, double highest) {

    /** @throws IllegalArgumentException for nothing */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values: none (expected: at least one)");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /**
     * The ratios of one target's rounds to another's, round by round: what drifts on the machine drifts for both.
     *
     * @throws IllegalArgumentException when the numbers of rounds differ
     */
    public static Spread ofRatios(List<Double> values, List<Double> base) {
        if (values.size() != base.size()) {
            throw new IllegalArgumentException("rounds: " + values.size() + " (expected: " + base.size() + ")");
        }
        double[] ratios = new double[values.size()];
        Arrays.setAll(ratios, round -> values.get(round) / base.get(round));
        return of(Arrays.stream(ratios).boxed().toList());
    }

    /** Such as {@code 0.82 (0.80-0.85)}. */
    @Override
    public String toString() {
        return format(median) + " (" + format(lowest) + "-" + format(highest) + ")";
    }

    private static String format(double value) {
        double size = Math.abs(value);
        String pattern = size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, pattern, value);
    }
}
