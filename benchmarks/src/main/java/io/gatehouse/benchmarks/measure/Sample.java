/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.measure;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one window of one workload against one target yielded: figures by {@link Figure}, in the figure's unit. Immutable.
 *
 * @param values figures that could be measured; the others are missing
 */
public record Sample(Map<Figure, Double> values) {

    public Sample {
        values = Map.copyOf(new TreeMap<>(values));
    }

    /** Of several windows the median of each figure: what disturbs some of them counts for none. */
    public static Sample medianOf(List<Sample> windows) {
        Map<Figure, Double> medians = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) {
            List<Double> values = windows.stream()
                    .filter(window -> window.values().containsKey(figure))
                    .map(window -> window.values().get(figure))
                    .toList();
            if (!values.isEmpty()) {
                medians.put(figure, Spread.of(values).median());
            }
        }
        return new Sample(medians);
    }
}
